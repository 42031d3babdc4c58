#!/usr/bin/env python3
"""Each rule must catch its canary, at its line, and leave good code alone."""

import sys
import unittest

from rules import RULES
from sources import Tree, functions

CMAKE = "foreach(module base money query demo app report cli)\n"
LONG_FUNCTION = "int f(int a,\n      int b) {\n" + "    ++a;\n" * 70 + "}\n"
PROSE = "// Text.\n#pragma once\n"
UNFINISHED = "TO" + "DO"

# rule, files, the finding's path:line; None where nothing may be found.
CANARIES = [
    ("layers", {"src/money/a.cpp": '#include <map>\n#include "query/b.hpp"\n'}, "src/money/a.cpp:2"),
    ("layers", {"src/query/a.cpp": '#include "money/b.hpp"\n#include "query/c.hpp"\n'}, None),
    ("layers", {"src/report/a.cpp": '#include "query/b.hpp"\n'}, "src/report/a.cpp:1"),
    ("layers", {"src/report/a.cpp": '#include "demo/b.hpp"\n'}, "src/report/a.cpp:1"),
    ("layers", {"src/report/a.cpp": '#include "money/b.hpp"\n'}, None),
    ("layers", {"src/demo/a.cpp": '#include "query/b.hpp"\n'}, "src/demo/a.cpp:1"),
    ("layers", {"src/demo/a.cpp": '#include "beside.hpp"\n'}, "src/demo/a.cpp:1"),
    ("layers", {"src/extra/a.cpp": '#include "base/a.hpp"\n'}, "src/extra/a.cpp:1"),
    ("layers", {"src/money/CMakeLists.txt": "florin_add_module(money\n  DEPS florin::cli)\n"},
     "src/money/CMakeLists.txt:2"),
    ("layers", {"apps/florin/main.cpp": '#include "app/a.hpp"\n'}, "apps/florin/main.cpp:1"),
    ("layers", {"apps/florin/main.cpp": '#include "cli/a.hpp"\n'}, None),

    ("floating_point", {"src/money/a.cpp": "int a;\ndouble b;\n"}, "src/money/a.cpp:2"),
    ("floating_point", {"src/cli/a.cpp": "std::vector<float> b;\n"}, "src/cli/a.cpp:1"),
    ("floating_point", {"src/money/a.cpp": '// double\nauto a = "CAST(x AS double)"; int doubled;\n'}, None),
    ("floating_point", {"src/app/a.cpp": "double progress;\n",
                        "test/rules/floating_point_allowances.txt": "src/app/* | progress | a share\n"}, None),
    ("floating_point", {"src/app/a.cpp": "double cost;\ndouble progress;\n",
                        "test/rules/floating_point_allowances.txt": "src/app/* | progress | a share\n"},
     "src/app/a.cpp:1"),
    ("floating_point", {"test/rules/floating_point_allowances.txt": "src/app/a.cpp | * | gone\n"},
     "test/rules/floating_point_allowances.txt:1"),

    ("sql_money", {"src/query/a.cpp": 'auto a =\n  "SELECT AVG(x)";\n'}, "src/query/a.cpp:2"),
    ("sql_money", {"src/query/a.cpp": 'auto a = "sum(BilledCost) / 2";\n'}, "src/query/a.cpp:1"),
    ("sql_money", {"src/query/a.cpp": 'auto a = R"(SELECT\n x * "EffectiveCost" FROM t)";\n'}, "src/query/a.cpp:2"),
    ("sql_money", {"src/query/a.cpp": 'auto a = R"(SELECT "ListUnitPrice" * q)";\n'}, "src/query/a.cpp:1"),
    ("sql_money", {"src/query/a.cpp": 'auto a = "CAST(x AS DECIMAL(38,18))"\n  " * 3";\n'}, "src/query/a.cpp:1"),
    ("sql_money", {"src/lake/a.sql": "SELECT 1,\n 1 / sum(ListCost) FROM t\n"}, "src/lake/a.sql:2"),
    ("sql_money", {"src/query/a.cpp": 'auto a = "SELECT count(*), sum(BilledCost) /* x */, Usage * 2";\n'}, None),
    ("sql_money", {"src/query/a_test.cpp": 'auto a = "SELECT avg(x)";\n'}, None),
    ("sql_money", {"src/query/a.cpp": "auto a = money * 2; // BilledCost * 2\n"}, None),

    ("banned_calls", {"src/cli/a.cpp": "int a;\nauto b = std::stod(c);\n"}, "src/cli/a.cpp:2"),
    ("banned_calls", {"src/cli/a.cpp": "auto b = atof(c);\n"}, "src/cli/a.cpp:1"),
    ("banned_calls", {"src/cli/a.cpp": "auto b = std::strtod(c, nullptr);\n"}, "src/cli/a.cpp:1"),
    ("banned_calls", {"src/cli/a.cpp": "auto b = std::chrono::system_clock::now();\n"}, "src/cli/a.cpp:1"),
    ("banned_calls", {"src/base/clock.cpp": "auto b = std::chrono::system_clock::now();\n"}, None),
    ("banned_calls", {"src/cli/a.cpp": "auto b = std::rand();\n"}, "src/cli/a.cpp:1"),
    ("banned_calls", {"src/cli/a.cpp": "sprintf(a, b);\n"}, "src/cli/a.cpp:1"),
    ("banned_calls", {"src/cli/a.cpp": "strcpy(a, b);\n"}, "src/cli/a.cpp:1"),
    ("banned_calls", {"src/cli/a.cpp": "gets(a);\n"}, "src/cli/a.cpp:1"),
    ("banned_calls", {"src/cli/a.cpp": 'std::fprintf(stderr, "atof(");  // strcpy(\nbudgets(1); operand();\n'}, None),
    ("banned_calls", {"src/cli/a.hpp": "using namespace std;\n"}, "src/cli/a.hpp:1"),
    ("banned_calls", {"src/cli/a.cpp": "using namespace std::chrono_literals;\n"}, None),
    ("banned_calls", {"src/cli/a.cpp": "try {\n} catch (...) {\n  log();\n}\n"}, "src/cli/a.cpp:2"),
    ("banned_calls", {"src/cli/a.cpp": "try {\n} catch (const std::exception&) { /* fine */ }\n"}, "src/cli/a.cpp:2"),
    ("banned_calls", {"src/cli/a.cpp": "try {\n} catch (...) {\n  if (a) { b(); }\n  throw;\n}\n"}, None),

    ("headers", {"src/cli/a.hpp": "// Text.\nint a();\n", "src/cli/a.cpp": '#include "cli/a.hpp"\n'},
     "src/cli/a.hpp:1"),
    ("headers", {"src/cli/a.hpp": PROSE}, "src/cli/a.hpp:1"),
    ("headers", {"src/cli/a.hpp": PROSE, "src/cli/a.cpp": '#include "cli/a.hpp"\n#include <map>\n'}, None),
    ("headers", {"src/cli/a.hpp": PROSE, "src/cli/a.cpp": '#include <map>\n#include "cli/a.hpp"\n'}, "src/cli/a.cpp:1"),
    ("headers", {"src/cli/a.hpp": PROSE, "src/cli/a.cpp": ""}, "src/cli/a.cpp:1"),
    ("headers", {"src/cli/a.hpp": PROSE, "src/cli/a_rows.cpp": ""}, None),
    ("headers", {"src/cli/a.hpp": PROSE, "src/cli/a_test.cpp": ""}, "src/cli/a.hpp:1"),
    ("headers", {"src/cli/a.hpp": PROSE, "test/rules/headers_without_source.txt": "src/cli/a.hpp | templates\n"}, None),
    ("headers", {"test/rules/headers_without_source.txt": "src/cli/a.hpp | templates\n"},
     "test/rules/headers_without_source.txt:1"),

    ("owned_sources", {"src/cli/CMakeLists.txt": "aa.cpp b.cpp", "src/cli/a.cpp": ""}, "src/cli/a.cpp:1"),
    ("owned_sources", {"src/cli/CMakeLists.txt": "f(a.cpp x/b.cpp)", "src/cli/a.cpp": "", "src/cli/x/b.cpp": ""}, None),

    ("file_names", {"src/cli/string_utils.cpp": ""}, "src/cli/string_utils.cpp:1"),
    ("file_names", {"test/Helper.md": ""}, "test/Helper.md:1"),
    ("file_names", {"src/cli/CamelCase.cpp": ""}, "src/cli/CamelCase.cpp:1"),
    ("file_names", {"src/cli/utility_bill.cpp": "", "src/cli/commonly.cpp": ""}, None),

    ("plain_text", {"src/cli/a.cpp": "\n" + "x" * 121 + "\n"}, "src/cli/a.cpp:2"),
    ("plain_text", {"src/cli/a.cpp": "x" * 120 + "\n"}, None),
    ("plain_text", {"src/cli/a.cpp": "\tint a;\n"}, "src/cli/a.cpp:1"),
    ("plain_text", {"docs/a.md": "a \n"}, "docs/a.md:1"),
    ("plain_text", {"src/cli/a.cpp": f"// {UNFINISHED}: later\n"}, "src/cli/a.cpp:1"),

    ("size", {"src/cli/a.cpp": "int a;\n" + LONG_FUNCTION}, "src/cli/a.cpp:2"),
    ("size", {"src/cli/a.cpp": "int a;\n" * 601}, "src/cli/a.cpp:1"),
    ("size", {"src/cli/a.cpp": "int a;\n" * 600}, None),
    ("size", {"src/cli/a.cpp": LONG_FUNCTION,
              "test/rules/size_allowances.txt": "src/cli/a.cpp | f | 73 | a table\n"}, None),
    ("size", {"src/cli/a.cpp": LONG_FUNCTION,
              "test/rules/size_allowances.txt": "src/cli/a.cpp | f | 72 | a table\n"}, "src/cli/a.cpp:1"),
    ("size", {"src/cli/a.cpp": LONG_FUNCTION,
              "test/rules/size_allowances.txt": "src/cli/a.cpp | f | 74 | a table\n"},
     "test/rules/size_allowances.txt:1"),
    ("size", {"src/cli/a.cpp": "", "test/rules/size_allowances.txt": "src/cli/a.cpp | f | 74 | a table\n"},
     "test/rules/size_allowances.txt:1"),

    ("own_words", {"docs/a.md": "fine\nsee /wo" "rk/main\n"}, "docs/a.md:2"),
    ("own_words", {"docs/a.md": "registry.npmjs" ".org\n"}, "docs/a.md:1"),
    ("own_words", {"docs/a.md": "issue #" "12\n"}, "docs/a.md:1"),
    ("own_words", {"src/cli/a.cpp": "// ../sha" "red/data\n"}, "src/cli/a.cpp:1"),
    ("own_words", {"test/cli/a.py": "# ../sha" "red/data\n", "docs/b.md": "a framework/ and src/rework/\n"}, None),
]


class Canaries(unittest.TestCase):
    def test_each_rule_catches_its_canary(self):
        for name, files, expected in CANARIES:
            with self.subTest(rule=name, files=files):
                tree = Tree({"CMakeLists.txt": CMAKE, **files})
                found = [f"{finding.path}:{finding.line}" for finding in RULES[name](tree)]
                self.assertEqual(found, [expected] if expected else [])

    def test_each_rule_has_one(self):
        self.assertEqual({name for name, _, expected in CANARIES if expected}, set(RULES))

    def test_functions_are_found_with_their_lengths(self):
        text = """namespace a {
struct S : B {
    S(int x) : x_{x}, y_(2) {
        if (x) { y_ = 3; }
    }
    auto get() const -> std::vector<int> { return {1, 2}; }
    int x_{0};
};
constexpr int kTable[] = {
    1, 2,
};
std::array<int, 2> kOther{1, 2};
template <class T>
Result<T>
S::read(const std::function<void(int)>& call = {}) noexcept {
    call([&] { return 1; });
    return {};
}
enum class E : int { kA, kB };
TEST(Decimal, Parses) {
}
}
"""
        self.assertEqual([(function.name, function.line, function.line_count) for function in functions(text)],
                         [("S", 3, 3), ("get", 6, 1), ("S::read", 13, 6), ("TEST", 20, 2)])


if __name__ == "__main__":
    sys.exit(unittest.main())
