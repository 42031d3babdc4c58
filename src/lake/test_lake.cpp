#include "lake/test_lake.hpp"

#include <algorithm>

namespace florin::lake::test {

LakeTest::LakeTest() : lake_(Lake::open(folder()).value()) {}

base::Result<Committed> LakeTest::commit(Delivery draft, const std::vector<std::string>& precedence) {
    FLORIN_TRY_ASSIGN(Staging staging, lake().stage(at(11, 1)));
    for (std::size_t i = 0; i < draft.parts.size(); ++i) {
        draft.parts[i].stem = "0000" + std::to_string(i + 1);
        for (const std::string kind : {"charges", "tuples"}) {
            FLORIN_TRY(base::write_file_atomically(staging.folder() / (draft.parts[i].stem + "." + kind + ".parquet"),
                                                   draft.identity));
        }
    }
    return lake().commit(std::move(staging), std::move(draft), precedence);
}

std::vector<std::int64_t> LakeTest::current_ids(std::optional<period::Instant> as_of) {
    const CurrentFiles current = lake().current(as_of, {}).value();
    std::vector<std::int64_t> ids;
    for (const PartReference& reference : current.parts) {
        ids.push_back(current.deliveries[reference.delivery].id.value());
    }
    return ids;
}

std::vector<std::string> LakeTest::entries(const std::string& below) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / below)) {
        names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

std::vector<std::string> LakeTest::problems(bool repair) {
    std::vector<std::string> codes;
    for (const Problem& problem : lake().doctor(repair).value()) {
        codes.push_back(problem.code + (problem.repaired ? " repaired" : ""));
    }
    return codes;
}

Part losing(const std::string& account) {
    Part made = part(account);
    made.charge_days = {"2026-10-02"};
    return made;
}

Part in_role(Part made, const std::string& role) {
    made.role = role;
    made.yields_to = role == "actual" ? "amortized" : "";
    return made;
}

std::vector<std::int64_t> ids_of(const PruneReport& report) {
    std::vector<std::int64_t> ids;
    for (const PrunedDelivery& pruned : report.pruned) {
        ids.push_back(pruned.id.value());
    }
    return ids;
}

base::Result<void> nobody(const Reservation&) {
    return {};
}

} // namespace florin::lake::test
