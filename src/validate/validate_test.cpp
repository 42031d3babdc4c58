#include "validate/validate.hpp"

#include "validate/render.hpp"
#include "validate/row_checks.hpp"
#include "validate/test_bills.hpp"

#include <gmock/gmock.h>

#include <set>

namespace florin::validate {
namespace {

using focus::Version;
using ::testing::HasSubstr;

TEST(Rules, AreOnePerVersionAndKnowTheirColumns) {
    EXPECT_GT(rules().size(), 400U);
    for (const Version version : {Version::k1_0, Version::k1_1, Version::k1_2, Version::k1_3, Version::k1_4}) {
        std::set<std::string> ids;
        for (const Rule& rule : rules()) {
            if (applies(rule, version)) {
                EXPECT_TRUE(ids.insert(rule.id).second) << rule.id << " twice in " << focus::name(version);
            }
        }
        EXPECT_GT(ids.size(), 200U);
    }
    for (const Rule& rule : rules()) {
        EXPECT_FALSE(rule.what.empty()) << rule.id;
        EXPECT_TRUE(rule.column.empty() || rule.column == "*" ||
                    focus::find_column(focus::Dataset::kCostAndUsage, rule.column) != nullptr)
            << rule.id;
        for (const auto& terms : rule.when.any_of) {
            for (const Term& term : terms) {
                EXPECT_NE(focus::find_column(focus::Dataset::kCostAndUsage, term.column), nullptr) << rule.id;
            }
        }
        EXPECT_FALSE(rule.check == Check::kUnchecked && rule.parameter.empty()) << rule.id;
    }
}

TEST(Rules, AreThereWhileTheirColumnsAre) {
    std::size_t with_removed_column = 0;
    for (const Rule& rule : rules()) {
        const focus::Column* column = focus::find_column(focus::Dataset::kCostAndUsage, rule.column);
        if (column == nullptr) {
            continue;
        }
        if (column->removed_in) {
            ++with_removed_column;
            EXPECT_TRUE(rule.until && *rule.until <= *column->removed_in) << rule.id;
        }
        if (rule.id.starts_with(rule.column + "-")) {
            EXPECT_TRUE(rule.since >= column->introduced) << rule.id;
        }
    }
    EXPECT_GT(with_removed_column, 0U);
}

TEST(Rules, HaveTheIdsOfTheirVersion) {
    const auto find = [](std::string_view id) -> const Rule& { return *std::ranges::find(rules(), id, &Rule::id); };
    EXPECT_EQ(published_id(find("BilledCost-C-001-M"), Version::k1_2), "BilledCost-C-001-M");
    EXPECT_EQ(published_id(find("BilledCost-C-001-M"), Version::k1_3), "CAU-BilledCost-C-001-M");
    EXPECT_EQ(published_id(find("NullHandling-A-002-M"), Version::k1_4), "NullHandling-A-002-M");
    EXPECT_TRUE(is_named(find("BilledCost-C-001-M"), "CAU-BilledCost-C-001-M"));
    EXPECT_TRUE(is_named(find("BilledCost-C-001-M"), "BilledCost"));
    EXPECT_FALSE(is_named(find("BilledCost-C-001-M"), "Billed"));
}

TEST(Rules, ErrataAreAboutSectionsThatThereAre) {
    for (const Erratum& one : errata()) { // the rule itself may be one that joins others
        const std::string section = one.rule.substr(0, one.rule.find('-') + 1);
        EXPECT_TRUE(std::ranges::any_of(rules(), [&](const Rule& rule) { return rule.id.starts_with(section); }))
            << one.rule;
    }
}

/// A kind of check on two rows: the first keeps the rule, the second does not.
struct Kind {
    const char* rule; ///< as published
    Version version;
    const char* csv;
};

constexpr Kind kKinds[] = {
    {"BilledCost-C-001-M", Version::k1_0, "BilledCost\n1.5E-7\nabc\n"},
    {"ChargePeriodStart-C-001-M", Version::k1_0, "ChargePeriodStart\n2024-09-01 00:00:00\nyesterday\n"},
    {"BilledCost-C-002-M", Version::k1_0, "BilledCost\n-1.5\n\"1,000\"\n"},
    {"ChargeDescription-C-002-M", Version::k1_0, "ChargeDescription\nfine\nna\xEF\xBF\xBDve\n"},
    {"ChargePeriodStart-C-002-M", Version::k1_0, "ChargePeriodStart\n2024-09-01T00:00:00Z\n2024-09-01 00:00:00\n"},
    {"PricingUnit-C-003-O", Version::k1_0, "PricingUnit\nGB-Hours\nGB Hours\n"},
    {"BillingCurrency-C-003-M", Version::k1_0, "BillingCurrency\nUSD\nUSDollar\n"},
    {"PricingCurrency-C-003-M", Version::k1_2, "PricingCurrency\nCredits\nABC\n"},
    {"Tags-C-001-M", Version::k1_0, "Tags\n\"{\"\"a\"\": \"\"b\"\"}\"\n\"{\"\"a\"\": {}}\"\n"},
    {"CAU-AllocatedMethodDetails-C-001-M", Version::k1_3,
     "AllocatedMethodDetails\n\"{\"\"a\"\": {\"\"b\"\": 1}}\"\n\"[1]\"\n"},
    {"BilledCost-C-003-M", Version::k1_0, "BilledCost\n1\nNULL\n"},
    {"CapacityReservationStatus-C-003-C", Version::k1_2, "CapacityReservationId,CapacityReservationStatus\n,\n,Used\n"},
    {"ChargeCategory-C-003-M", Version::k1_0, "ChargeCategory\nUsage\nusage\n"},
    {"DiscountHandling-A-018-C", Version::k1_0,
     "ChargeCategory,CommitmentDiscountStatus\nUsage,Unused\nPurchase,Unused\n"},
    {"ChargeFrequency-C-004-C", Version::k1_0,
     "ChargeCategory,ChargeFrequency\nPurchase,One-Time\nPurchase,Usage-Based\n"},
    {"ListUnitPrice-C-008-M", Version::k1_0, "ListUnitPrice\n0\n-0.001\n"},
    {"DiscountHandling-A-009-C", Version::k1_0,
     "ChargeCategory,CommitmentDiscountStatus,BilledCost\nUsage,Used,0.00\nUsage,Used,0.000001\n"},
    {"EffectiveCost-C-010-C", Version::k1_0,
     "ChargeCategory,EffectiveCost,BilledCost\nCredit,-1.10,-1.1\nCredit,-1.1,-1.1000000001\n"},
    {"CAU-EffectiveCost-C-016-C", Version::k1_4,
     "ChargeCategory,EffectiveCost,BilledCost\nPurchase,0,5\nPurchase,1,5\n"},
    {"DiscountHandling-A-012-C", Version::k1_0,
     "ChargeCategory,CommitmentDiscountId,ResourceId\nPurchase,ri-1,ri-1\nPurchase,ri-1,\n"},
    {"DiscountHandling-A-016-C", Version::k1_0,
     "ChargeCategory,CommitmentDiscountStatus,CommitmentDiscountId,ResourceId\nUsage,Used,ri-1,i-1\nUsage,Used,ri-1,ri-"
     "1\n"},
    {"BillingPeriodStart-C-004-M", Version::k1_0,
     "BillingPeriodStart,BillingPeriodEnd\n2024-09-01T00:00:00Z,2024-10-01T00:00:00Z\n"
     "2024-10-01T00:00:00Z,2024-10-01T00:00:00Z\n"},
    {"ChargePeriodEnd-C-004-M", Version::k1_0,
     "ChargePeriodStart,ChargePeriodEnd\n2024-09-01T00:00:00Z,2024-09-02T00:00:00Z\n"
     "2024-09-01T00:00:00Z,2024-09-01T23:59:59Z\n"},
    {"ServiceSubcategory-C-004-M", Version::k1_1,
     "ServiceCategory,ServiceSubcategory\nCompute,Virtual Machines\nStorage,Virtual Machines\n"},
    {"NullHandling-A-002-M", Version::k1_0, "ResourceName\nmachine\nNot Applicable\n"},
    {"SkuPriceDetails-C-002-O", Version::k1_1, "SkuPriceDetails\n\"{\"\"x_Key\"\": 1}\"\n\"{\"\"x_my_key\"\": 1}\"\n"},
    {"SkuPriceDetails-C-017-C", Version::k1_1, "SkuPriceDetails\n\"{\"\"CoreCount\"\": 1}\"\n\"{\"\"Cores\"\": 1}\"\n"},
    {"SkuPriceDetails-C-020-M", Version::k1_1,
     "SkuPriceDetails\n\"{\"\"CoreCount\"\": 1}\"\n\"{\"\"corecount\"\": 1}\"\n"},
    {"ListCost-C-009-C", Version::k1_0,
     "BillingCurrency,ChargeClass,ListUnitPrice,PricingQuantity,ListCost\nUSD,,0.1,3,0.3\nUSD,,0.1,3,0.4\n"},
};

class EachKind : public BillTest {};

TEST_F(EachKind, TellsARowThatKeepsTheRuleFromOneThatDoesNot) {
    std::set<Check> seen;
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.rule);
        const Report report = validate(kind.csv, of_version(kind.version));
        const Finding& found = finding(report, kind.rule);
        seen.insert(found.rule->check);
        EXPECT_EQ(found.outcome, Outcome::kFail) << found.reason;
        EXPECT_EQ(found.rows_in_scope, 2U);
        EXPECT_EQ(found.rows, 1U);
        ASSERT_EQ(found.samples.size(), 1U);
        EXPECT_EQ(found.samples[0].row, 2U);
        EXPECT_FALSE(found.samples[0].cells.empty());
    }
    for (const Rule& rule : rules()) {
        if (is_row_check(rule.check) && rule.check != Check::kSuspectZero) {
            EXPECT_TRUE(seen.contains(rule.check)) << name(rule.check) << " is not tried here";
        }
    }
}

class Validate : public BillTest {};

TEST_F(Validate, SaysWhichColumnsAreMissing) {
    const Report report = validate("BilledCost,BillingCurrency\n1,USD\n", of_version(Version::k1_0));
    const auto missing = std::ranges::find_if(report.findings, [](const Finding& one) {
        return one.rule->check == Check::kPresent && one.column == "EffectiveCost";
    });
    ASSERT_NE(missing, report.findings.end());
    EXPECT_EQ(missing->outcome, Outcome::kFail);
    EXPECT_THAT(missing->details, ::testing::ElementsAre("no column EffectiveCost"));
    EXPECT_TRUE(report.has_binding_failure());
    EXPECT_EQ(finding(report, "EffectiveCost-C-003-M").outcome, Outcome::kSkipped);
    EXPECT_EQ(finding(report, "EffectiveCost-C-003-M").reason, "no column EffectiveCost in the file");
}

TEST_F(Validate, AsksForConditionalColumnsWhereTheFileShowsTheirCondition) {
    const auto outcome = [&](const std::string& csv, std::vector<std::string> supports = {}) {
        Options options = of_version(Version::k1_2);
        options.supports = std::move(supports);
        const Report report = validate(csv, std::move(options));
        return std::ranges::find_if(report.findings,
                                    [](const Finding& one) {
                                        return one.rule->check == Check::kPresent &&
                                               one.column == "CommitmentDiscountType";
                                    })
            ->outcome;
    };
    EXPECT_EQ(outcome("BilledCost\n1\n"), Outcome::kSkipped);
    EXPECT_EQ(outcome("BilledCost,CommitmentDiscountId\n1,\n"), Outcome::kFail);
    EXPECT_EQ(outcome("BilledCost\n1\n", {"COMMITMENT_DISCOUNT_SUPPORTED"}), Outcome::kFail);
    EXPECT_EQ(outcome("BilledCost\n1\n", {"ALL"}), Outcome::kFail);
    EXPECT_EQ(outcome("BilledCost,CommitmentDiscountId,CommitmentDiscountType\n1,,\n"), Outcome::kPass);
}

TEST_F(Validate, LooksAtTheNamesOfColumns) {
    const Report report = validate("x_Good,x_bad_one,Custom,BilledCost,"
                                   "x_ANameThatIsMuchLongerThanFiftyCharactersWhichIsTooLong\n1,1,1,1,1\n",
                                   of_version(Version::k1_0));
    EXPECT_THAT(finding(report, "ColumnHandling-A-001-M").details, ::testing::ElementsAre("x_bad_one"));
    EXPECT_THAT(finding(report, "ColumnHandling-A-010-M").details, ::testing::ElementsAre("Custom"));
    EXPECT_THAT(finding(report, "ColumnHandling-A-012-O").details, ::testing::ElementsAre("BilledCost"));
    EXPECT_THAT(finding(report, "ColumnHandling-A-005-O").details,
                ::testing::ElementsAre(HasSubstr("x_ANameThatIsMuchLonger")));
    const Report good = validate("BilledCost,x_Good\n1,1\n", of_version(Version::k1_0));
    for (const char* id :
         {"ColumnHandling-A-001-M", "ColumnHandling-A-005-O", "ColumnHandling-A-010-M", "ColumnHandling-A-012-O"}) {
        EXPECT_EQ(finding(good, id).outcome, Outcome::kPass) << id;
    }
}

TEST_F(Validate, AColumnOfALaterVersionIsACustomOneBeforeIt) {
    const std::string csv = "BilledCost,InvoiceId\n1,i\n";
    EXPECT_EQ(finding(validate(csv, of_version(Version::k1_1)), "ColumnHandling-A-010-M").outcome, Outcome::kFail);
    EXPECT_EQ(finding(validate(csv, of_version(Version::k1_2)), "ColumnHandling-A-010-M").outcome, Outcome::kPass);
}

TEST_F(Validate, TellsMoneyByCurrencyAndTheFirstRows) {
    const Report report = validate("BillingCurrency,BilledCost,ChargeCategory\n"
                                   "USD,0.1,Usage\nUSD,0.1,Nothing\nEUR,3,Nothing\nUSD,0.2,Nothing\nUSD,1,Nothing\n",
                                   of_version(Version::k1_0));
    const Finding& found = finding(report, "ChargeCategory-C-003-M");
    EXPECT_EQ(found.rows, 4U);
    EXPECT_EQ(found.billed_cost, (std::map<std::string, std::string>{{"EUR", "3"}, {"USD", "1.3"}}));
    ASSERT_EQ(found.samples.size(), 3U);
    EXPECT_EQ(found.samples[2].row, 4U);
    EXPECT_EQ(found.samples[2].cells[0].second, "Nothing");
}

TEST_F(Validate, AbsurdAmountsAreReportedToo) {
    const Report report = validate("BillingCurrency,BilledCost,ChargeCategory,CommitmentDiscountId,"
                                   "CommitmentDiscountStatus,EffectiveCost,InvoiceId,AllocatedMethodId\n"
                                   "USD,99999999999999999999,Nothing,c,,99999999999999999999,i,m\n"
                                   "USD,99999999999999999999,Nothing,c,,99999999999999999999,i,m\n",
                                   of_version(Version::k1_4));
    EXPECT_EQ(finding(report, "CAU-ChargeCategory-C-003-M").rows, 2U);
}

TEST_F(Validate, TakesSeveralFilesTogether) {
    const auto report = try_validate({file("a.csv", "BilledCost,ChargeCategory\n1,Usage\n"),
                                      file("b.csv", "ChargeCategory,BilledCost,Tags\n?,1,\nUsage,1,\n")},
                                     of_version(Version::k1_0));
    ASSERT_TRUE(report.ok()) << report.error().describe();
    EXPECT_EQ(report->rows, 3U);
    const Finding& found = finding(*report, "ChargeCategory-C-003-M");
    EXPECT_EQ(found.rows, 1U);
    EXPECT_EQ(found.samples[0].file, (folder_ / "b.csv").string());
    EXPECT_EQ(found.samples[0].row, 1U);
    const auto tags = std::ranges::find_if(report->findings, [](const Finding& one) {
        return one.rule->check == Check::kPresent && one.column == "Tags";
    });
    EXPECT_THAT(tags->details, ::testing::ElementsAre("no column Tags in 1 of 2 files: a.csv"));
}

TEST_F(Validate, ReadsJsonLinesAsCsv) {
    const auto report = try_validate(
        {file("bill.jsonl", "{\"BilledCost\": 1.5, \"ChargeCategory\": \"Usage\", \"Tags\": {\"a\": \"b\"}}\n"
                            "{\"BilledCost\": \"x\", \"ChargeCategory\": null}\n")},
        of_version(Version::k1_0));
    ASSERT_TRUE(report.ok()) << report.error().describe();
    EXPECT_EQ(finding(*report, "BilledCost-C-001-M").rows, 1U);
    EXPECT_EQ(finding(*report, "ChargeCategory-C-002-M").rows, 1U);
    EXPECT_EQ(finding(*report, "Tags-C-001-M").outcome, Outcome::kPass);
}

TEST_F(Validate, ReadsTypedParquetAsFocusWritesIt) {
    const base::Path parquet = folder_ / "bill.parquet";
    const auto engine =
        engine::open_duckdb({.threads = 1, .memory_bytes = std::uint64_t{256} << 20U, .temporary_folder = {}});
    const auto written = (*engine)->execute(
        "COPY (SELECT * FROM (VALUES "
        "(1.5e-7::DOUBLE, 1.50::DECIMAL(9, 2), TIMESTAMPTZ '2024-09-01 00:00:00+00', MAP {'a': 'b'}, 7, 'Usage'), "
        "(NULL, -1, NULL, NULL, 8, '')) AS t(BilledCost, ListUnitPrice, ChargePeriodStart, Tags, BillingAccountId, "
        "ChargeCategory)) TO " +
        engine::sql_text(parquet.string()) + " (FORMAT parquet)");
    ASSERT_TRUE(written.ok()) << written.error().describe();
    const auto report = try_validate({parquet}, of_version(Version::k1_0));
    ASSERT_TRUE(report.ok()) << report.error().describe();
    for (const char* id : {"BilledCost-C-001-M", "BilledCost-C-002-M", "ListUnitPrice-C-001-M", "Tags-C-001-M",
                           "ChargePeriodStart-C-001-M", "ChargePeriodStart-C-002-M"}) {
        EXPECT_EQ(finding(*report, id).outcome, Outcome::kPass) << id;
    }
    EXPECT_EQ(finding(*report, "BilledCost-C-003-M").rows, 1U);
    EXPECT_EQ(finding(*report, "ListUnitPrice-C-008-M").samples.at(0).cells.at(0).second, "-1.00");
    EXPECT_EQ(finding(*report, "NullHandling-A-002-M").column, "ChargeCategory");
    EXPECT_EQ(finding(*report, "ChargeCategory-C-002-M").rows, 1U); // an empty text is null for other rules
    EXPECT_EQ(finding(*report, "BillingAccountId-C-002-M").outcome, Outcome::kFail); // a number instead of text
}

TEST_F(Validate, RecognisesTheVersion) {
    EXPECT_EQ(validate("BilledCost\n1\n").version, Version::k1_0);
    EXPECT_EQ(validate("BilledCost,InvoiceId\n1,i\n").version, Version::k1_2);
}

TEST_F(Validate, BytesThatCannotBeReadAreErrors) {
    EXPECT_EQ(try_validate({file("nul.csv", std::string("BilledCost\n1\0\n", 13))}).error().code, "csv.nul_byte");
    EXPECT_EQ(try_validate({file("bad.csv.gz", "\x1f\x8b\x08 nothing")}).error().code.substr(0, 5), "file.");
    EXPECT_EQ(try_validate({file("ragged.csv", "BilledCost,Tags\n1\n")}).error().code, "csv.ragged_row");
}

TEST_F(Validate, RefusesNamesItDoesNotKnow) {
    const base::Path bill = file("bill.csv", "BilledCost\n1\n");
    Options options = of_version(Version::k1_0);
    options.rules = {"BilledCosts"};
    EXPECT_EQ(try_validate({bill}, options).error().code, "validate.unknown_rule");
    options.rules = {"BilledCost"};
    EXPECT_TRUE(try_validate({bill}, options).ok());
    options.supports = {"FLYING"};
    EXPECT_EQ(try_validate({bill}, options).error().code, "validate.unknown_criterion");
    EXPECT_EQ(try_validate({bill}, of_version(Version::k0_5)).error().code, "validate.version");
}

TEST_F(Validate, LooksAtTheRulesThatAreAskedForOnly) {
    Options options = of_version(Version::k1_2);
    options.rules = {"ChargeFrequency"};
    const Report all = validate("ChargeFrequency\nOne-Time\n", options);
    EXPECT_GT(all.findings.size(), 2U);
    for (const Finding& one : all.findings) {
        EXPECT_TRUE(one.id.starts_with("ChargeFrequency-")) << one.id;
    }
    options.rules = {"ChargeDescription"};
    options.binding_only = true;
    for (const Finding& one : validate("ChargeDescription\nx\n", options).findings) {
        EXPECT_TRUE(is_binding(one.rule->keyword)) << one.id;
    }
}

TEST_F(Validate, PlaceholdersFailByColumnAndPassOnce) {
    const Report bad = validate("ResourceName,RegionName,ServiceName\nn/a,x,s\nx,\"\",s\n", of_version(Version::k1_0));
    EXPECT_EQ(std::ranges::count(bad.findings, "NullHandling-A-002-M", &Finding::id), 2);
    EXPECT_EQ(finding(bad, "NullHandling-A-002-M", "RegionName").samples[0].row, 2U);
    const Report good = validate("ResourceName,RegionName\na,b\n", of_version(Version::k1_0));
    EXPECT_EQ(std::ranges::count(good.findings, "NullHandling-A-002-M", &Finding::id), 1);
    EXPECT_EQ(finding(good, "NullHandling-A-002-M").outcome, Outcome::kPass);
}

TEST_F(Validate, IsRenderedWithoutLettingTheFileSpeakForItself) {
    const Report report =
        validate("BillingCurrency,BilledCost,ChargeCategory\nUSD,1,<script>alert(1)</script>\x1b]0;&\n",
                 of_version(Version::k1_0));
    for (const std::string& page : {to_html(report), to_junit(report)}) {
        EXPECT_EQ(page.find("<script"), std::string::npos);
        EXPECT_EQ(page.find('\x1b'), std::string::npos);
        EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
    }
    EXPECT_THAT(to_json(report), HasSubstr("\"conforms\": false"));
}

TEST(ReferencePage, IsTheOneInTheDocuments) {
    const base::Path path = base::Path(FLORIN_SOURCE_DIR) / "docs" / "reference" / "rules.md";
    if (std::getenv("FLORIN_UPDATE") != nullptr) {
        ASSERT_TRUE(base::write_file_atomically(path, reference_page()).ok());
    }
    const auto written = base::read_file(path);
    ASSERT_TRUE(written.ok()) << written.error().describe();
    EXPECT_TRUE(written.value() == reference_page())
        << path << " is not what src/validate/*.tsv say. Write it anew: FLORIN_UPDATE=1 validate_test";
}

} // namespace
} // namespace florin::validate
