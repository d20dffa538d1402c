// Checks a JSON document against the part of JSON Schema that harness/report/schema.json uses. A keyword that
// is not known here is an error of the schema, so nothing in it goes unchecked.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace ipclab {

class Schema {
 public:
  explicit Schema(nlohmann::json root) : root_(std::move(root)) {}

  /// Empty when the document is valid; else the first thing that is wrong, and where.
  std::string why_not(const nlohmann::json& document) const { return why_not(document, root_, "$"); }

 private:
  using json = nlohmann::json;

  std::string why_not(const json& value, const json& schema, const std::string& at) const {
    for (const auto& [keyword, rule] : schema.items()) {
      const std::string wrong = violates(value, schema, keyword, rule, at);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  std::string violates(const json& value, const json& schema, const std::string& keyword, const json& rule,
                       const std::string& at) const {
    static const std::set<std::string> kNotes = {"$schema", "$defs", "title", "description"};
    if (kNotes.contains(keyword)) return "";
    if (keyword == "$ref")
      return why_not(value, root_.at(json::json_pointer(rule.get<std::string>().substr(1))), at);
    if (keyword == "type") return has_type(value, rule) ? "" : at + ": type is not " + rule.dump();
    if (keyword == "const") return value == rule ? "" : at + ": is not " + rule.dump();
    if (keyword == "enum")
      return std::ranges::find(rule, value) != rule.end()
                 ? ""
                 : at + ": " + value.dump() + " is none of " + rule.dump();
    if (keyword == "minimum")
      return value.is_number() && value < rule ? at + ": is less than " + rule.dump() : "";
    if (keyword == "required") return missing(value, rule, at);
    if (keyword == "properties") return each_property(value, rule, at);
    if (keyword == "additionalProperties") return unknown(value, schema, at);
    if (keyword == "items") return each_item(value, rule, at);
    if (keyword == "oneOf") return one_of(value, rule, at);
    return at + ": the schema has a keyword that is not checked: " + keyword;
  }

  static bool has_type(const json& value, const json& rule) {
    if (rule.is_array())
      return std::ranges::any_of(rule, [&](const json& one) { return has_type(value, one); });
    const std::string type = rule;
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean()) ||
           (type == "null" && value.is_null());
  }

  static std::string missing(const json& value, const json& rule, const std::string& at) {
    for (const json& name : rule)
      if (value.is_object() && !value.contains(name.get<std::string>())) return at + ": lacks " + name.dump();
    return "";
  }

  std::string each_property(const json& value, const json& rule, const std::string& at) const {
    if (!value.is_object()) return "";
    for (const auto& [name, schema] : rule.items()) {
      if (!value.contains(name)) continue;
      if (std::string wrong = why_not(value.at(name), schema, at + "." + name); !wrong.empty()) return wrong;
    }
    return "";
  }

  static std::string unknown(const json& value, const json& schema, const std::string& at) {
    if (!value.is_object()) return "";
    for (const auto& [name, ignored] : value.items())
      if (!schema.at("properties").contains(name)) return at + ": has an unknown " + name;
    return "";
  }

  std::string each_item(const json& value, const json& rule, const std::string& at) const {
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
      if (std::string wrong = why_not(value[i], rule, at + "[" + std::to_string(i) + "]"); !wrong.empty())
        return wrong;
    return "";
  }

  std::string one_of(const json& value, const json& rule, const std::string& at) const {
    int valid = 0;
    std::string all;
    for (const json& one : rule) {
      const std::string wrong = why_not(value, one, at);
      wrong.empty() ? ++valid : 0;
      all += (all.empty() ? "" : " | ") + wrong;
    }
    return valid == 1 ? "" : at + ": fits " + std::to_string(valid) + " of the alternatives: " + all;
  }

  json root_;
};

}  // namespace ipclab
