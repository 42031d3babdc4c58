#include "allocate/certificate.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace florin::allocate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "florin-allocation-certificate-1";
constexpr std::array<Basis, kBasisCount> kBases = {Basis::kBilled, Basis::kEffective, Basis::kList, Basis::kContracted};
constexpr std::array<Reason, kReasonCount> kReasons = {Reason::kNoOwner, Reason::kZeroDriver, Reason::kNoBase};

/// What reading throws, beside what the JSON library throws.
struct Unreadable {
    std::string what;
};

Json json_of(const Amounts& amounts) {
    Json out = Json::object();
    for (const Basis basis : kBases) {
        out[std::string(name(basis))] = amounts[static_cast<std::size_t>(basis)].to_string();
    }
    return out;
}

Json json_of(const MonthCertificate& month) {
    Json days = Json::array();
    for (const DayTotal& day : month.days) {
        Json unallocated = Json::object();
        for (const Reason reason : kReasons) {
            const Amounts& amounts = day.unallocated[static_cast<std::size_t>(reason)];
            if (amounts != Amounts{}) {
                unallocated[std::string(name(reason))] = json_of(amounts);
            }
        }
        days.push_back({{"day", period::to_string(day.day)},
                        {"currency", day.currency},
                        {"in", json_of(day.in)},
                        {"allocated", json_of(day.allocated)},
                        {"unallocated", std::move(unallocated)}});
    }
    Json owners = Json::array();
    for (const OwnerTotal& owner : month.owners) {
        owners.push_back({{"value", owner.value},
                          {"currency", owner.currency},
                          {"own", json_of(owner.own)},
                          {"shared", json_of(owner.shared)}});
    }
    return {{"start", period::to_string(month.period.start)},
            {"end", period::to_string(month.period.end)},
            {"provisional", month.provisional},
            {"cells", month.cell_count},
            {"cells_sha256", month.cells_hash},
            {"ratios_sha256", month.ratios_hash},
            {"sums_sha256", month.sums_hash},
            {"days", std::move(days)},
            {"owners", std::move(owners)}};
}

/// The value, or what is thrown instead.
template <class T>
T read(base::Result<T> result) {
    if (!result.ok()) {
        throw Unreadable{result.error().message};
    }
    return std::move(result).value();
}

Amounts amounts_from(const Json& json) {
    Amounts out;
    for (const Basis basis : kBases) {
        out[static_cast<std::size_t>(basis)] =
            read(money::Decimal::parse(json.at(std::string(name(basis))).get<std::string>()));
    }
    return out;
}

period::Day day_from(const Json& json) {
    return read(period::parse_day(json.get<std::string>()));
}

Basis basis_from(const Json& json) {
    const auto found = std::ranges::find(kBases, json.get<std::string>(), [](Basis basis) { return name(basis); });
    if (found == kBases.end()) {
        throw Unreadable{"no such cost"};
    }
    return *found;
}

MonthCertificate month_from(const Json& json) {
    MonthCertificate month{.period = {day_from(json.at("start")), day_from(json.at("end"))},
                           .provisional = json.at("provisional"),
                           .cell_count = json.at("cells"),
                           .cells_hash = json.at("cells_sha256"),
                           .ratios_hash = json.at("ratios_sha256"),
                           .sums_hash = json.at("sums_sha256")};
    for (const Json& day : json.at("days")) {
        DayTotal total{.day = day_from(day.at("day")),
                       .currency = day.at("currency"),
                       .in = amounts_from(day.at("in")),
                       .allocated = amounts_from(day.at("allocated"))};
        for (const auto& [key, amounts] : day.at("unallocated").items()) {
            const auto reason = std::ranges::find(kReasons, key, [](Reason one) { return name(one); });
            if (reason == kReasons.end()) {
                throw Unreadable{"no such reason: " + key};
            }
            total.unallocated[static_cast<std::size_t>(*reason)] = amounts_from(amounts);
        }
        month.days.push_back(std::move(total));
    }
    for (const Json& owner : json.at("owners")) {
        month.owners.push_back(
            {owner.at("value"), owner.at("currency"), amounts_from(owner.at("own")), amounts_from(owner.at("shared"))});
    }
    return month;
}

base::Error unreadable(const std::string& what) {
    return base::data_error("allocation.certificate_unreadable", "not a certificate of an allocation: " + what)
        .with_remedy("take the file as the run wrote it");
}

} // namespace

std::string to_json(const Certificate& certificate) {
    Json json = {{"format", kFormat},
                 {"dimension", certificate.dimension},
                 {"rules_sha256", certificate.rules_hash},
                 {"inputs", Json::array()},
                 {"pools", certificate.pools},
                 {"reference", name(certificate.reference)},
                 {"assignments_sha256", certificate.assignments_hash},
                 {"months", Json::array()}};
    for (const Input& input : certificate.inputs) {
        json["inputs"].push_back({{"name", input.name}, {"sha256", input.sha256}});
    }
    for (const MonthCertificate& month : certificate.months) {
        json["months"].push_back(json_of(month));
    }
    return json.dump(1) + "\n";
}

base::Result<Certificate> certificate_from_json(std::string_view text) {
    try {
        const Json json = Json::parse(text);
        if (json.at("format") != kFormat) {
            return unreadable("another format");
        }
        Certificate certificate{.dimension = json.at("dimension"),
                                .rules_hash = json.at("rules_sha256"),
                                .pools = json.at("pools").get<std::vector<std::string>>(),
                                .reference = basis_from(json.at("reference")),
                                .assignments_hash = json.at("assignments_sha256")};
        for (const Json& input : json.at("inputs")) {
            certificate.inputs.push_back({input.at("name"), input.at("sha256")});
        }
        for (const Json& month : json.at("months")) {
            certificate.months.push_back(month_from(month));
        }
        return certificate;
    } catch (const nlohmann::json::exception& exception) {
        return unreadable(exception.what());
    } catch (const Unreadable& exception) {
        return unreadable(exception.what);
    }
}

} // namespace florin::allocate
