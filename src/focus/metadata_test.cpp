#include "focus/metadata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace florin::focus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

period::Instant at(int year, unsigned month, unsigned day, int hour = 0) {
    return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) +
           std::chrono::hours(hour);
}

/// The code of the error and its message, or nothing when it was read.
std::string error_of(std::string_view json_text) {
    const base::Result<Metadata> metadata = parse_metadata(json_text);
    return metadata ? "" : metadata.error().code + ": " + metadata.error().message;
}

TEST(Metadata, OfOneFileForEverything) {
    const base::Result<Metadata> metadata = parse_metadata(R"({
        "DataGenerator": {"DataGenerator": "Nordwind"},
        "Schema": [{
            "SchemaId": "s-7", "FocusVersion": "1.4", "CreationDate": "2026-07-01T06:30:00.5Z",
            "DatasetInstanceId": "hourly", "DataGeneratorVersion": "2.3", "Unknown": [1, 2],
            "ColumnDefinition": [
                {"ColumnName": "BilledCost", "DataType": "DECIMAL", "NumericPrecision": 20, "NumberScale": 10},
                {"ColumnName": "Tags", "DataType": "JSON", "ProviderTagPrefixes": ["nw", "nordwind:"]},
                {"ColumnName": "x_Team", "DataType": "STRING", "StringMaxLength": 64, "StringEncoding": "UTF-8",
                 "PreviousColumnName": "x_Group", "Deprecated": true}
            ]}],
        "DatasetInstance": [{"DatasetInstanceId": "hourly", "DatasetInstanceName": "Hourly",
                             "FocusDatasetId": "CostAndUsage"}],
        "Recency": [{
            "DatasetInstanceId": "hourly", "RecencyLastUpdated": "2026-07-02T00:00:00Z",
            "TimeSectors": [
                {"TimeSectorStart": "2026-07-01T00:00:00Z", "TimeSectorEnd": "2026-07-01T01:00:00Z",
                 "TimeSectorComplete": true, "TimeSectorLastUpdated": "2026-07-01T05:00:00Z"},
                {"TimeSectorStart": "2026-07-01T01:00:00Z", "TimeSectorEnd": "2026-07-01T02:00:00Z",
                 "TimeSectorComplete": false}
            ]}]
    })");
    ASSERT_TRUE(metadata.ok()) << metadata.error().describe();
    EXPECT_EQ(metadata->generator, "Nordwind");

    ASSERT_THAT(metadata->schemas, SizeIs(1));
    const Schema& schema = metadata->schemas[0];
    EXPECT_EQ(schema.id, "s-7");
    EXPECT_EQ(schema.focus_version, Version::k1_4);
    EXPECT_EQ(schema.created, at(2026, 7, 1, 6) + std::chrono::minutes(30) + std::chrono::milliseconds(500));
    EXPECT_EQ(schema.generator_version, "2.3");
    EXPECT_EQ(schema.dataset_instance_id, "hourly");
    ASSERT_THAT(schema.columns, SizeIs(3));
    const ColumnDefinition& cost = schema.columns.at("BilledCost");
    EXPECT_EQ(cost.data_type, "DECIMAL");
    EXPECT_EQ(cost.numeric_precision, 20);
    EXPECT_EQ(cost.number_scale, 10);
    EXPECT_FALSE(cost.deprecated);
    EXPECT_EQ(cost.string_length_max, std::nullopt);
    EXPECT_THAT(schema.columns.at("Tags").provider_tag_prefixes, ElementsAre("nw", "nordwind:"));
    const ColumnDefinition& team = schema.columns.at("x_Team");
    EXPECT_EQ(team.previous_name, "x_Group");
    EXPECT_EQ(team.string_length_max, 64);
    EXPECT_EQ(team.number_scale, std::nullopt);
    EXPECT_TRUE(team.deprecated);

    ASSERT_THAT(metadata->instances, SizeIs(1));
    EXPECT_EQ(metadata->instances[0].id, "hourly");
    EXPECT_EQ(metadata->instances[0].name, "Hourly");
    EXPECT_EQ(metadata->instances[0].dataset, "CostAndUsage");

    ASSERT_THAT(metadata->recencies, SizeIs(1));
    const Recency& recency = metadata->recencies[0];
    EXPECT_EQ(recency.dataset_instance_id, "hourly");
    EXPECT_EQ(recency.last_updated, at(2026, 7, 2));
    EXPECT_EQ(recency.complete, std::nullopt);
    ASSERT_THAT(recency.sectors, SizeIs(2));
    EXPECT_EQ(recency.sectors[0].start, at(2026, 7, 1, 0));
    EXPECT_EQ(recency.sectors[0].end, at(2026, 7, 1, 1));
    EXPECT_TRUE(recency.sectors[0].complete);
    EXPECT_EQ(recency.sectors[0].last_updated, at(2026, 7, 1, 5));
    EXPECT_FALSE(recency.sectors[1].complete);
    EXPECT_EQ(recency.sectors[1].last_updated, std::nullopt);
}

TEST(Metadata, OfAFileForEachPart) {
    const auto generator = parse_metadata(R"({"DataGenerator": "Nordwind"})");
    EXPECT_EQ(generator.value().generator, "Nordwind");
    EXPECT_THAT(generator->schemas, IsEmpty());

    const auto schema = parse_metadata(R"({"SchemaId": "a", "FocusVersion": "1.0", "ProviderVersion": "2.2",
        "CreationDate": "2024-04-02T12:00:00z", "ColumnDefinition": []})");
    ASSERT_THAT(schema.value().schemas, SizeIs(1));
    EXPECT_EQ(schema->schemas[0].focus_version, Version::k1_0);
    EXPECT_EQ(schema->schemas[0].generator_version, "2.2");
    EXPECT_EQ(schema->schemas[0].created, at(2024, 4, 2, 12));

    const auto recency = parse_metadata(R"({"DatasetInstanceId": "c", "RecencyLastUpdateDate": "2025-01-29T12:00:00Z",
        "DatasetInstanceLastUpdated": "2025-01-29T04:00:00Z", "DatasetInstanceComplete": true})");
    ASSERT_THAT(recency.value().recencies, SizeIs(1));
    EXPECT_THAT(recency->instances, IsEmpty());
    EXPECT_EQ(recency->recencies[0].complete, true);
    EXPECT_EQ(recency->recencies[0].last_updated, at(2025, 1, 29, 12));
    EXPECT_EQ(recency->recencies[0].instance_last_updated, at(2025, 1, 29, 4));

    const auto instances = parse_metadata(R"([{"DatasetInstanceId": "d", "FocusDatasetId": "CostAndUsage"},
        {"DatasetInstanceId": "e", "FocusDatasetId": "ContractCommitment"}])");
    ASSERT_THAT(instances.value().instances, SizeIs(2));
    EXPECT_EQ(instances->instances[1].dataset, "ContractCommitment");
}

TEST(Metadata, OfMicrosoftIsFlatAndCallsTheListColumns) {
    const auto metadata = parse_metadata(R"json({"DataGenerator": "Microsoft", "SchemaId": "1.0-preview(v1)",
        "FocusVersion": "1.0-preview", "CreationDate": "2023-11-15T00:00:00Z",
        "Columns": [{"ColumnName": "Region", "DataType": "String", "Description": "where"}]})json");
    EXPECT_EQ(metadata.value().generator, "Microsoft");
    ASSERT_THAT(metadata->schemas, SizeIs(1));
    EXPECT_EQ(metadata->schemas[0].focus_version, Version::k1_0_preview);
    EXPECT_TRUE(metadata->schemas[0].columns.contains("Region"));
}

TEST(Metadata, KeepsAVersionThatIsNotKnownAsText) {
    const auto metadata = parse_metadata(R"({"Schema": {"SchemaId": "a", "FocusVersion": "2.0"}, "Recency": null})");
    ASSERT_THAT(metadata.value().schemas, SizeIs(1));
    EXPECT_EQ(metadata->schemas[0].focus_version_text, "2.0");
    EXPECT_EQ(metadata->schemas[0].focus_version, std::nullopt);
}

TEST(MetadataError, NamesThePlaceInTheDocument) {
    const auto in_column = [](const std::string& fields) {
        return error_of(R"({"Schema": [{"ColumnDefinition": [{"ColumnName": "A"}, {)" + fields + "}]}]}");
    };
    EXPECT_THAT(in_column(R"("ColumnName": "B", "NumberScale": -1)"),
                HasSubstr("focus.metadata_wrong: the metadata at /Schema/0/ColumnDefinition/1/NumberScale must be a "
                          "whole number from 0 to 2147483647"));
    EXPECT_THAT(in_column(R"("ColumnName": "B", "NumberScale": 2147483648)"), HasSubstr("/1/NumberScale must be"));
    EXPECT_THAT(in_column(R"("ColumnName": "B", "NumberScale": 1.5)"), HasSubstr("/1/NumberScale must be"));
    EXPECT_THAT(in_column(R"("ColumnName": "B", "NumberScale": "9")"), HasSubstr("/1/NumberScale must be"));
    EXPECT_EQ(in_column(R"("ColumnName": "B", "NumberScale": 2147483647)"), "");
    EXPECT_THAT(in_column(R"("ColumnName": "A")"), HasSubstr("/1/ColumnName must be a name of its own"));
    EXPECT_THAT(in_column(R"("ColumnName": 7)"), HasSubstr("/1/ColumnName must be text"));
    EXPECT_THAT(in_column(R"("DataType": "STRING")"), HasSubstr("/1/ColumnName must be the name of a column"));
    EXPECT_THAT(in_column(R"("ColumnName": "B", "Deprecated": "no")"),
                HasSubstr("/1/Deprecated must be true or false"));
    EXPECT_THAT(in_column(R"("ColumnName": "B", "ProviderTagPrefixes": ["a", 1])"),
                HasSubstr("/1/ProviderTagPrefixes/1 must be text"));
    EXPECT_THAT(in_column(R"("ColumnName": "B", "ProviderTagPrefixes": "a")"),
                HasSubstr("/1/ProviderTagPrefixes must be"));

    EXPECT_THAT(error_of(R"({"Schema": "1.0"})"), HasSubstr("at /Schema must be an object or a list"));
    EXPECT_THAT(error_of(R"({"Schema": [{"SchemaId": "a"}, null]})"), HasSubstr("at /Schema/1 must be an object"));
    EXPECT_THAT(error_of(R"({"SchemaId": "a", "CreationDate": "soon"})"),
                HasSubstr("at /CreationDate must be a point"));
    EXPECT_THAT(error_of(R"([{"SchemaId": "a"}, {"SchemaId": 4}])"), HasSubstr("at /1/SchemaId must be text"));
    EXPECT_THAT(error_of("3"), HasSubstr("at the top must be an object"));
}

TEST(MetadataError, OfASectorThatSaysTooLittleOrNonsense) {
    const auto with_sector = [](const std::string& fields) {
        return error_of(R"({"Recency": {"TimeSectors": [{)" + fields + "}]}}");
    };
    const std::string start = R"("TimeSectorStart": "2026-07-01T01:00:00Z")";
    const std::string end = R"(, "TimeSectorEnd": "2026-07-01T02:00:00Z")";
    const std::string complete = R"(, "TimeSectorComplete": true)";
    EXPECT_EQ(with_sector(start + end + complete), "");
    EXPECT_THAT(with_sector(start + end),
                HasSubstr("/Recency/TimeSectors/0/TimeSectorComplete must be true or false, and"));
    EXPECT_THAT(with_sector(start + complete), HasSubstr("/Recency/TimeSectors/0/TimeSectorEnd must be a point"));
    EXPECT_THAT(with_sector(start + R"(, "TimeSectorEnd": "2026-07-01T01:00:00Z")" + complete),
                HasSubstr("/Recency/TimeSectors/0/TimeSectorEnd must be after TimeSectorStart"));
}

TEST(MetadataError, OfWhatIsNoMetadata) {
    for (const char* text : {"", "{", "{\"SchemaId\": \"a\"} x", "\xFF\xFE", "{\"SchemaId\": \"\xC3\"}"}) {
        EXPECT_THAT(error_of(text), HasSubstr("focus.metadata_unreadable: ")) << text;
    }
    for (const char* text : {"{}", "[]", R"({"assemblyId": "1", "account": "2"})", R"({"Columns": []})"}) {
        EXPECT_THAT(error_of(text), HasSubstr("focus.metadata_unknown: ")) << text;
    }
    EXPECT_THAT(error_of(R"({"SchemaId": "a", "x": )" + std::string(100'000, '[') + std::string(100'000, ']') + "}"),
                HasSubstr("nested deeper"));
    EXPECT_THAT(error_of(R"({"SchemaId": "a", "x": ")" + std::string(kMetadataBytesMax, 'x') + "\"}"),
                HasSubstr("larger than 4194304 bytes"));
}

TEST(MetadataFile, IsReadAndNamedInItsErrors) {
    const base::Path folder = base::Path(::testing::TempDir()) / "florin-metadata";
    ASSERT_TRUE(base::make_folders(folder).ok());
    const base::Path path = folder / "focus-metadata.json";
    ASSERT_TRUE(base::write_file_atomically(path, R"({"SchemaId": "a"})").ok());
    EXPECT_TRUE(read_metadata(path).ok());
    ASSERT_TRUE(base::write_file_atomically(path, R"({"SchemaId": 1})").ok());
    EXPECT_EQ(read_metadata(path).error().place.file, path.string());
    EXPECT_FALSE(read_metadata(folder / "absent.json").ok());
    ASSERT_TRUE(base::remove_all(folder).ok());
}

} // namespace
} // namespace florin::focus
