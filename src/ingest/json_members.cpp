#include "ingest/json_members.hpp"

#include <nlohmann/json.hpp>

namespace florin::ingest {
namespace {

/// Follows the events of one list. Depth 1 is within the list, 2 within one of its objects.
class MemberReader final : public nlohmann::json_sax<nlohmann::json> {
public:
    MemberReader(std::string_view member, std::vector<std::string>& values) : member_(member), values_(values) {}

    bool null() override { return depth_ >= 2; }
    bool boolean(bool value) override { return take(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return take(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return take(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return take(text); }
    bool string(string_t& value) override { return take(value); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(depth_ >= 1); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(depth_ != 1); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        is_member_ = depth_ == 2 && name == member_;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    bool take(const std::string& text) {
        if (depth_ == 2 && is_member_) {
            values_.push_back(text);
        }
        return depth_ >= 2;
    }
    bool open(bool allowed) {
        ++depth_;
        return allowed && depth_ <= 64 && !(depth_ == 3 && is_member_);
    }
    bool close() {
        --depth_;
        return true;
    }

    std::string_view member_;
    std::vector<std::string>& values_;
    int depth_ = 0;
    bool is_member_ = false;
};

} // namespace

bool read_members(std::string_view json, std::string_view member, std::vector<std::string>& values) {
    MemberReader reader(member, values);
    return nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
}

} // namespace florin::ingest
