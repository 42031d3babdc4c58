#include "focus/focus.hpp"

#include "base/check.hpp"
#include "base/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

namespace florin::focus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Dataset kDatasets[] = {Dataset::kCostAndUsage, Dataset::kContractCommitment, Dataset::kInvoiceDetail,
                                 Dataset::kBillingPeriod};

const Column& charge_column(std::string_view name) {
    const Column* column = find_column(Dataset::kCostAndUsage, name);
    FLORIN_CHECK(column != nullptr, std::string(name));
    return *column;
}

/// The names of a header line without a byte order mark, quotes and blanks around them.
std::vector<std::string> header_of(std::string line) {
    std::erase_if(line,
                  [](char c) { return c == '"' || c == ' ' || c == '\r' || static_cast<unsigned char>(c) >= 128; });
    std::vector<std::string> names(1);
    for (const char c : line) {
        if (c == ',') {
            names.emplace_back();
        } else {
            names.back() += c;
        }
    }
    return names;
}

Version version_of(const std::string& line) {
    return recognise_version(header_of(line));
}

std::size_t known_to(Version version) {
    const auto all = columns(Dataset::kCostAndUsage);
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Column& column) {
        return column.introduced <= version && (!column.removed_in || version < *column.removed_in);
    }));
}

TEST(Version, IsNamedAndReadBack) {
    const std::map<std::string, Version> expected = {{"0.5", Version::k0_5}, {"1.0-preview", Version::k1_0_preview},
                                                     {"1.0", Version::k1_0}, {"1.1", Version::k1_1},
                                                     {"1.2", Version::k1_2}, {"1.3", Version::k1_3},
                                                     {"1.4", Version::k1_4}};
    for (const auto& [text, version] : expected) {
        EXPECT_EQ(name(version), text);
        EXPECT_EQ(parse_version(text).value(), version);
    }
    for (const char* text : {"", "1", "1.5", "v1.0", "1.0 ", "1.0-PREVIEW"}) {
        EXPECT_EQ(parse_version(text).error().code, "focus.unknown_version") << text;
    }
}

TEST(Columns, AreAsManyAsTheSpecificationHas) {
    EXPECT_EQ(columns(Dataset::kCostAndUsage).size(), 65U + 2U);
    EXPECT_EQ(columns(Dataset::kContractCommitment).size(), 30U);
    EXPECT_EQ(columns(Dataset::kInvoiceDetail).size(), 22U);
    EXPECT_EQ(columns(Dataset::kBillingPeriod).size(), 6U);
}

TEST(Columns, OfEachVersionAreAsManyAsThatVersionHad) {
    EXPECT_EQ(known_to(Version::k1_0), 43U);
    EXPECT_EQ(known_to(Version::k1_1), 50U);
    EXPECT_EQ(known_to(Version::k1_2), 57U);
    EXPECT_EQ(known_to(Version::k1_3), 65U);
    EXPECT_EQ(known_to(Version::k1_4), 65U);
    // 0.5 had 21 columns and 1.0-preview 39 (1.0 added ChargeClass, CommitmentDiscountStatus, ContractedCost,
    // ContractedUnitPrice and RegionName to 38 of them). A renamed column counts from its new name on, and
    // ChargeSubcategory is a column no more.
    EXPECT_EQ(known_to(Version::k0_5), 21U - 3U);         // AmortizedCost, ChargeType, Region
    EXPECT_EQ(known_to(Version::k1_0_preview), 39U - 4U); // Region, UsageQuantity, UsageUnit, ChargeSubcategory
    const auto contract = columns(Dataset::kContractCommitment);
    const auto is_of_1_3 = [](const Column& column) { return column.introduced == Version::k1_3; };
    EXPECT_EQ(std::count_if(contract.begin(), contract.end(), is_of_1_3), 13);
}

TEST(Columns, BelongToTheirDatasetInAlphabeticalOrder) {
    for (const Dataset dataset : kDatasets) {
        std::string previous;
        for (const Column& column : columns(dataset)) {
            EXPECT_EQ(column.dataset, dataset);
            EXPECT_LT(previous, column.name);
            EXPECT_EQ(find_column(dataset, column.name), &column);
            previous = column.name;
        }
    }
    EXPECT_EQ(find_column(Dataset::kCostAndUsage, "billedcost"), nullptr);
    EXPECT_EQ(find_column(Dataset::kCostAndUsage, ""), nullptr);
    EXPECT_EQ(find_column(Dataset::kBillingPeriod, "BilledCost"), nullptr);
}

// A few columns typed again from the specification, one of each kind.
TEST(Columns, HaveTheTypeLevelAndFormatOfTheSpecification) {
    struct Expected {
        Dataset dataset;
        const char* name;
        ColumnType type;
        Level level;
        bool allows_nulls;
        ValueFormat format;
        Version introduced;
    };
    using D = Dataset;
    using T = ColumnType;
    using L = Level;
    using F = ValueFormat;
    using V = Version;
    const Expected expected[] = {
        {D::kCostAndUsage, "BilledCost", T::kDecimal, L::kMandatory, false, F::kAnyDecimal, V::k0_5},
        {D::kCostAndUsage, "ListUnitPrice", T::kDecimal, L::kConditional, true, F::kNonNegativeDecimal,
         V::k1_0_preview},
        {D::kCostAndUsage, "ChargePeriodEnd", T::kInstant, L::kMandatory, false, F::kInstant, V::k0_5},
        {D::kCostAndUsage, "Tags", T::kJson, L::kConditional, true, F::kKeyValue, V::k1_0_preview},
        {D::kCostAndUsage, "BillingCurrency", T::kString, L::kMandatory, false, F::kCurrency, V::k0_5},
        {D::kCostAndUsage, "PricingUnit", T::kString, L::kMandatory, true, F::kUnit, V::k1_0_preview},
        {D::kCostAndUsage, "AvailabilityZone", T::kString, L::kRecommended, true, F::kUnspecified, V::k0_5},
        {D::kCostAndUsage, "ContractApplied", T::kJson, L::kConditional, true, F::kJsonObject, V::k1_3},
        {D::kCostAndUsage, "HostProviderName", T::kString, L::kMandatory, true, F::kUnspecified, V::k1_3},
        {D::kCostAndUsage, "InvoiceDetailId", T::kString, L::kConditional, true, F::kUnspecified, V::k1_4},
        {D::kCostAndUsage, "PricingCurrencyEffectiveCost", T::kDecimal, L::kConditional, false, F::kAnyDecimal,
         V::k1_2},
        {D::kContractCommitment, "ContractCommitmentDurationType", T::kString, L::kMandatory, false, F::kExpectedFormat,
         V::k1_4},
        {D::kInvoiceDetail, "InvoiceDetailGrain", T::kJson, L::kMandatory, true, F::kKeyValue, V::k1_4},
        {D::kBillingPeriod, "BillingPeriodStatus", T::kString, L::kMandatory, false, F::kAllowedValues, V::k1_4},
    };
    for (const Expected& row : expected) {
        const Column* column = find_column(row.dataset, row.name);
        ASSERT_NE(column, nullptr) << row.name;
        EXPECT_EQ(column->type, row.type) << row.name;
        EXPECT_EQ(column->level, row.level) << row.name;
        EXPECT_EQ(column->allows_nulls, row.allows_nulls) << row.name;
        EXPECT_EQ(column->format, row.format) << row.name;
        EXPECT_EQ(column->introduced, row.introduced) << row.name;
        EXPECT_EQ(column->removed_in, std::nullopt) << row.name;
    }
}

TEST(Columns, AgreeInThemselves) {
    for (const Dataset dataset : kDatasets) {
        for (const Column& column : columns(dataset)) {
            EXPECT_EQ(column.type == ColumnType::kInstant, column.format == ValueFormat::kInstant) << column.name;
            EXPECT_EQ(column.type == ColumnType::kDecimal,
                      column.format == ValueFormat::kAnyDecimal || column.format == ValueFormat::kNonNegativeDecimal)
                << column.name;
            EXPECT_EQ(column.type == ColumnType::kJson,
                      column.format == ValueFormat::kKeyValue || column.format == ValueFormat::kJsonObject)
                << column.name;
            if (column.level == Level::kConditional) {
                EXPECT_NE(column.condition, "") << column.name;
            }
            if (column.level == Level::kMandatory) {
                EXPECT_EQ(column.condition, "") << column.name;
            }
        }
    }
}

TEST(Columns, CarryTheTwoNamesThatOneFourRemoved) {
    std::vector<std::string> removed;
    for (const Column& column : columns(Dataset::kCostAndUsage)) {
        if (column.removed_in) {
            EXPECT_EQ(column.removed_in, Version::k1_4);
            EXPECT_EQ(column.introduced, Version::k0_5);
            removed.push_back(column.name);
        }
    }
    EXPECT_THAT(removed, ElementsAre("ProviderName", "PublisherName"));
}

TEST(Columns, KnowWhichDecimalsAreQuantities) {
    std::vector<std::string> quantities;
    for (const Dataset dataset : kDatasets) {
        for (const Column& column : columns(dataset)) {
            if (column.is_quantity) {
                quantities.push_back(column.name);
            }
        }
    }
    EXPECT_THAT(quantities, ElementsAre("CommitmentDiscountQuantity", "ConsumedQuantity", "PricingQuantity",
                                        "ContractCommitmentQuantity"));
}

TEST(AllowedValues, AreThoseOfTheSpecification) {
    const std::map<std::string, std::vector<std::string>> expected = {
        {"CapacityReservationStatus", {"Used", "Unused"}},
        {"ChargeCategory", {"Usage", "Purchase", "Tax", "Credit", "Adjustment"}},
        {"ChargeClass", {"Correction"}},
        {"ChargeFrequency", {"One-Time", "Recurring", "Usage-Based"}},
        {"CommitmentDiscountCategory", {"Spend", "Usage"}},
        {"CommitmentDiscountStatus", {"Used", "Unused"}},
        {"PricingCategory", {"Standard", "Dynamic", "Committed", "Other"}},
        {"ServiceCategory",
         {"AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools",
          "Multicloud", "Identity", "Integration", "Internet of Things", "Management and Governance", "Media",
          "Migration", "Mobile", "Networking", "Security", "Storage", "Web", "Other"}},
    };
    for (const Column& column : columns(Dataset::kCostAndUsage)) {
        if (column.format != ValueFormat::kAllowedValues) {
            EXPECT_THAT(column.allowed_values, IsEmpty()) << column.name;
        } else if (column.name != "ServiceSubcategory") {
            ASSERT_TRUE(expected.contains(column.name)) << column.name;
            EXPECT_EQ(column.allowed_values, expected.at(column.name)) << column.name;
        }
    }
    EXPECT_EQ(find_column(Dataset::kInvoiceDetail, "InvoiceIssueStatus")->allowed_values,
              (std::vector<std::string>{"Open", "Issued", "Voided"}));
    EXPECT_EQ(find_column(Dataset::kInvoiceDetail, "ChargeCategory")->allowed_values, expected.at("ChargeCategory"));
    EXPECT_EQ(find_column(Dataset::kBillingPeriod, "BillingPeriodStatus")->allowed_values,
              (std::vector<std::string>{"Open", "Closed"}));
}

TEST(ServiceSubcategory, HasOneParentThatIsAnAllowedCategory) {
    const auto& subcategories = charge_column("ServiceSubcategory").allowed_values;
    const auto& categories = charge_column("ServiceCategory").allowed_values;
    EXPECT_EQ(std::set<std::string>(subcategories.begin(), subcategories.end()).size(), 82U);
    std::map<std::string, int> children;
    for (const std::string& subcategory : subcategories) {
        const std::string parent(parent_category(subcategory));
        EXPECT_TRUE(std::find(categories.begin(), categories.end(), parent) != categories.end())
            << subcategory << " in " << parent;
        ++children[parent];
        if (subcategory.starts_with("Other (")) {
            EXPECT_EQ(subcategory, "Other (" + parent + ")");
        }
    }
    EXPECT_EQ(children.size(), 19U);
    EXPECT_EQ(parent_category("Virtual Machines"), "Compute");
    EXPECT_EQ(parent_category("Caching"), "Databases");
    EXPECT_EQ(parent_category("Data Warehouses"), "Databases");
    EXPECT_EQ(parent_category("Content Delivery"), "Networking");
    EXPECT_EQ(parent_category("Generative AI"), "AI and Machine Learning");
    EXPECT_EQ(parent_category("Support"), "Management and Governance");
    EXPECT_EQ(parent_category("virtual machines"), "");
    EXPECT_EQ(parent_category(""), "");
}

TEST(MatchColumn, PrefersTheExactNameThenAFormerOneThenAnotherCase) {
    const auto match = [](std::string_view name) { return match_column(Dataset::kCostAndUsage, name); };
    EXPECT_EQ(match("SkuPriceId").kind, ColumnMatch::Kind::kExact);
    EXPECT_EQ(match("SkuPriceid").kind, ColumnMatch::Kind::kRecased);
    EXPECT_EQ(match("SkuPriceid").column, &charge_column("SkuPriceId"));
    EXPECT_EQ(match("BILLEDCOST").kind, ColumnMatch::Kind::kRecased);
    const std::map<std::string, std::string> renamed = {
        {"AmortizedCost", "EffectiveCost"},    {"ChargeType", "ChargeCategory"}, {"InvoiceIssuer", "InvoiceIssuerName"},
        {"Provider", "ProviderName"},          {"Publisher", "PublisherName"},   {"Region", "RegionId"},
        {"UsageQuantity", "ConsumedQuantity"}, {"UsageUnit", "ConsumedUnit"}};
    for (const auto& [former, today] : renamed) {
        EXPECT_EQ(match(former).kind, ColumnMatch::Kind::kRenamed) << former;
        EXPECT_EQ(match(former).column, &charge_column(today)) << former;
    }
    for (const char* name : {"", "Id", "ChargeSubcategory", "x_BilledCost", " BilledCost", "BilledCost ", "region",
                             "oci_CompartmentId", "Skü", "BilledCosts", "BilledCos"}) {
        EXPECT_EQ(match(name).kind, ColumnMatch::Kind::kCustom) << name;
        EXPECT_EQ(match(name).column, nullptr) << name;
    }
    EXPECT_EQ(match_column(Dataset::kInvoiceDetail, "Provider").kind, ColumnMatch::Kind::kCustom);
}

TEST(MatchColumn, NoFormerNameIsAlsoTodaysOrAnothersName) {
    std::set<std::string> former;
    for (const Column& column : columns(Dataset::kCostAndUsage)) {
        for (const std::string& name : column.former_names) {
            EXPECT_EQ(find_column(Dataset::kCostAndUsage, name), nullptr) << name;
            EXPECT_TRUE(former.insert(name).second) << name;
        }
    }
    EXPECT_EQ(former.size(), 8U);
}

TEST(MatchValue, KnowsTodaysSpellingAnotherCaseAndTheOldName) {
    const Column& pricing = charge_column("PricingCategory");
    using Kind = ValueMatch::Kind;
    const auto expect = [](const Column& column, std::string_view value, Kind kind, std::string_view today) {
        const ValueMatch match = match_value(column, value);
        EXPECT_EQ(match.kind, kind) << value;
        EXPECT_EQ(match.value, today) << value;
    };
    expect(pricing, "Standard", Kind::kAllowed, "Standard");
    expect(pricing, "standard", Kind::kRecased, "Standard");
    expect(pricing, "On-Demand", Kind::kRenamed, "Standard");
    expect(pricing, "Commitment-Based", Kind::kRenamed, "Committed");
    expect(pricing, "Spot", Kind::kUnknown, "");
    expect(pricing, "", Kind::kUnknown, "");
    expect(pricing, "Standard ", Kind::kUnknown, "");
    expect(charge_column("ChargeFrequency"), "Usage-based", Kind::kRecased, "Usage-Based");
    expect(charge_column("ChargeFrequency"), "On-Demand", Kind::kUnknown, "");
    EXPECT_THROW(match_value(charge_column("ServiceName"), "Any"), base::BugError);
}

TEST(CustomName, PutsThePrefixInFrontOnce) {
    EXPECT_EQ(custom_name("oci_CompartmentId"), "x_oci_CompartmentId");
    EXPECT_EQ(custom_name("x_UsageType"), "x_UsageType");
    EXPECT_EQ(custom_name("X_UsageType"), "x_X_UsageType");
    EXPECT_EQ(custom_name("ChargeSubcategory"), "x_ChargeSubcategory");
    EXPECT_EQ(custom_name("x"), "x_x");
}

TEST(RecogniseVersion, TakesTheOldestThatKnowsEveryColumn) {
    EXPECT_EQ(version_of("BilledCost,ChargeCategory,ChargeClass"), Version::k1_0);
    EXPECT_EQ(version_of("BilledCost,ContractedCost,ProviderName,x_Anything,Id"), Version::k1_0);
    EXPECT_EQ(version_of("BilledCost,ProviderName,ServiceSubcategory"), Version::k1_1);
    EXPECT_EQ(version_of("BilledCost,ProviderName,InvoiceId,ServiceSubcategory"), Version::k1_2);
    EXPECT_EQ(version_of("BilledCost,ProviderName,ServiceProviderName,InvoiceId"), Version::k1_3);
    EXPECT_EQ(version_of("BilledCost,ServiceProviderName"), Version::k1_3);
    EXPECT_EQ(version_of("BilledCost,ServiceProviderName,InvoiceDetailId"), Version::k1_4);
    EXPECT_EQ(version_of("billedcost,INVOICEID"), Version::k1_2);
}

TEST(RecogniseVersion, FallsToThePreviewByItsNamesOrForLackOfNewerOnes) {
    EXPECT_EQ(version_of("BilledCost,ChargeType"), Version::k1_0_preview);
    EXPECT_EQ(version_of("BilledCost,AmortizedCost,Region"), Version::k1_0_preview);
    EXPECT_EQ(version_of("BilledCost"), Version::k1_0_preview);
    EXPECT_EQ(version_of("BilledCost,ListCost,ProviderName"), Version::k1_0_preview);
    EXPECT_EQ(version_of(""), Version::k1_0_preview);
    // The header of an OCI FOCUS report.
    EXPECT_EQ(version_of("AvailabilityZone,BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,"
                         "BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargeDescription,ChargeFrequency,"
                         "ChargePeriodEnd,ChargePeriodStart,ChargeSubcategory,CommitmentDiscountCategory,"
                         "CommitmentDiscountId,CommitmentDiscountName,CommitmentDiscountType,EffectiveCost,"
                         "InvoiceIssuer,ListCost,ListUnitPrice,PricingCategory,PricingQuantity,PricingUnit,"
                         "Provider,Publisher,Region,ResourceId,ResourceName,ResourceType,ServiceCategory,"
                         "ServiceName,SkuId,SkuPriceId,SubAccountId,SubAccountName,Tags,UsageQuantity,UsageUnit,"
                         "oci_ReferenceNumber,oci_CompartmentId"),
              Version::k1_0_preview);
    // Region beside RegionId is a column of the provider's own.
    EXPECT_EQ(version_of("BilledCost,Region,RegionId,InvoiceId"), Version::k1_2);
}

TEST(RecogniseVersion, TakesTheNewestThatIsNeededWhereNoneKnowsAll) {
    EXPECT_EQ(version_of("BilledCost,ProviderName,InvoiceDetailId"), Version::k1_4);
}

/// The folder of published sample bills, or nothing when this machine has none.
std::optional<base::Path> shared_data() {
    const char* configured = std::getenv("FLORIN_SHARED_DATA");
    base::Path folder = configured != nullptr ? base::Path(configured)
                                              : base::Path(FLORIN_SOURCE_DIR).parent_path() / "shared" / "data";
    return std::filesystem::is_directory(folder) ? std::optional(folder) : std::nullopt;
}

Version version_of_file(const base::Path& file) {
    const std::string text = base::read_file(file).value();
    return version_of(text.substr(0, text.find('\n')));
}

TEST(RecogniseVersion, OfPublishedFiles) {
    const auto folder = shared_data();
    if (!folder) {
        GTEST_SKIP() << "no sample bills here; set FLORIN_SHARED_DATA to their folder";
    }
    EXPECT_EQ(version_of_file(*folder / "focus-1.0" / "focus_sample.csv"), Version::k1_0);
    std::map<Version, int> counts;
    const auto files = base::list_files(*folder / "focus-spec-1.2");
    for (const base::Path& file : files.value()) {
        const Version version = version_of_file(file);
        ++counts[version];
        // The virtual currency examples price in one; the others use only columns that 1.1 has.
        EXPECT_EQ(version, file.filename().string().find("virtual_currency") != std::string::npos ? Version::k1_2
                                                                                                  : Version::k1_1)
            << file;
    }
    EXPECT_EQ(counts[Version::k1_1], 14);
    EXPECT_EQ(counts[Version::k1_2], 4);
}

TEST(ReferencePage, IsTheOneInTheDocuments) {
    const base::Path path = base::Path(FLORIN_SOURCE_DIR) / "docs" / "reference" / "focus-columns.md";
    if (std::getenv("FLORIN_UPDATE") != nullptr) {
        ASSERT_TRUE(base::make_folders(path.parent_path()).ok());
        ASSERT_TRUE(base::write_file_atomically(path, reference_page()).ok());
    }
    const auto written = base::read_file(path);
    ASSERT_TRUE(written.ok()) << written.error().describe();
    EXPECT_TRUE(written.value() == reference_page())
        << path << " is not what src/focus/columns.tsv says. Write it anew: FLORIN_UPDATE=1 focus_test";
}

TEST(ReferencePage, HasARowForEachColumn) {
    const std::string page = reference_page();
    const std::string tables = page.substr(0, page.find("## Services"));
    EXPECT_EQ(std::count(tables.begin(), tables.end(), '|') % 7, 0);
    EXPECT_NE(page.find("\n| Web | Application Platforms, Other (Web) |\n"), std::string::npos);
    for (const Dataset dataset : kDatasets) {
        EXPECT_NE(page.find("\n## " + std::string(name(dataset)) + "\n"), std::string::npos);
        for (const Column& column : columns(dataset)) {
            EXPECT_NE(page.find("\n| " + column.name + " | "), std::string::npos) << column.name;
        }
    }
}

TEST(Specification, IsReadByManyThreadsAtOnce) {
    std::vector<std::thread> readers;
    std::vector<const Column*> seen(8);
    for (const Column*& place : seen) {
        readers.emplace_back([&place] { place = find_column(Dataset::kCostAndUsage, "BilledCost"); });
    }
    for (std::thread& reader : readers) {
        reader.join();
    }
    EXPECT_THAT(seen, ::testing::Each(&charge_column("BilledCost")));
}

} // namespace
} // namespace florin::focus
