// A canary: it uses std::string without including it, and must not compile alone.
#pragma once

std::string name();
