#include "variance/effect.hpp"

namespace florin::variance {
namespace {

struct Words {
    std::string_view name;
    std::string_view label;
};

constexpr std::array<Words, kEffectCount> kWords = {{{"days", "days in the period"},
                                                     {"usage", "usage"},
                                                     {"mix", "mix"},
                                                     {"rate", "rate"},
                                                     {"fees", "fees"},
                                                     {"new", "new"},
                                                     {"gone", "gone"},
                                                     {"commitment", "commitments"},
                                                     {"credits", "credits"},
                                                     {"tax", "tax"},
                                                     {"adjustments", "adjustments"},
                                                     {"fx", "exchange rates"},
                                                     {"plan_assumption", "plan assumption"}}};

} // namespace

std::string_view name(Effect effect) {
    return kWords[static_cast<std::size_t>(effect)].name;
}

std::string_view label(Effect effect) {
    return kWords[static_cast<std::size_t>(effect)].label;
}

std::string_view heading(Effect effect) {
    return effect == Effect::kDays ? name(effect) : label(effect);
}

} // namespace florin::variance
