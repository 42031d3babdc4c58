#include "ingest/aws_cur/manifest.hpp"

#include "ingest/aws_manifest.hpp"
#include "period/period.hpp"

namespace florin::ingest::aws_cur {

base::Result<std::vector<FileGroup>> group_by_manifests(const std::vector<SourceFile>& files,
                                                        const std::vector<Manifest>& manifests) {
    std::vector<DeliveredFile> delivered;
    for (const SourceFile& file : files) {
        DeliveredFile& one = delivered.emplace_back();
        one.path = file.head.path;
        one.bytes = file.survey.file_bytes;
        one.rows = file.survey.rows;
        for (const SurveyedGroup& group : file.survey.groups) {
            if (const auto start = period::parse_instant(group.keys[5]); start.ok()) {
                one.billing_periods.insert(period::day_of(start->instant));
            }
        }
    }
    return group_by_aws_manifests(delivered, manifests);
}

} // namespace florin::ingest::aws_cur
