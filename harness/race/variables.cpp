#include "race/variables.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "base/debug_info.hpp"

namespace ipclab::race {
namespace {

using Value = std::optional<std::uint64_t>;

std::string name_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  const char* name =
      dwarf_attr_integrate(die, DW_AT_name, &attribute) ? dwarf_formstring(&attribute) : nullptr;
  return name ? name : "";
}

/// Without typedef, const and volatile.
std::optional<Dwarf_Die> type_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, &type)) return {};
  Dwarf_Die plain;
  if (dwarf_peel_type(&type, &plain) != 0) return {};
  return plain;
}

bool is_reference(int tag) { return tag == DW_TAG_reference_type || tag == DW_TAG_rvalue_reference_type; }
bool is_record(int tag) { return tag == DW_TAG_structure_type || tag == DW_TAG_class_type; }

std::uint64_t size_of(Dwarf_Die type) {
  Dwarf_Word size = 0;
  return dwarf_aggregate_size(&type, &size) == 0 ? size : 0;
}

/// A member's place in its object; of bit-fields nobody knows whose bytes they are.
std::optional<std::uint64_t> offset_of(Dwarf_Die* member) {
  Dwarf_Attribute attribute;
  if (dwarf_hasattr(member, DW_AT_bit_size)) return {};
  if (dwarf_hasattr(member, DW_AT_external) || dwarf_hasattr(member, DW_AT_declaration)) return {};
  Dwarf_Word offset = 0;
  if (!dwarf_attr(member, DW_AT_data_member_location, &attribute)) return {};
  if (dwarf_formudata(&attribute, &offset) != 0) return {};
  return offset;
}

/// The members of an object on the way to `offset`: ".word[3]"; empty optional: not known.
using Path = std::optional<std::string>;
Path path_to(Dwarf_Die type, std::uint64_t offset, unsigned size);

Path path_in_record(Dwarf_Die type, std::uint64_t offset, unsigned size) {
  if (name_of(&type).starts_with("atomic<")) return size_of(type) == size ? Path("") : std::nullopt;
  Dwarf_Die child;
  if (dwarf_child(&type, &child) != 0) return {};
  do {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
    const auto begin = offset_of(&child);
    const auto member = begin ? type_of(&child) : std::nullopt;
    if (!member || offset < *begin || offset >= *begin + size_of(*member)) continue;
    const Path rest = path_to(*member, offset - *begin, size);
    if (!rest) return {};
    if (tag == DW_TAG_inheritance) return rest;
    const std::string name = name_of(&child);
    return name.empty() ? Path() : "." + name + *rest;
  } while (dwarf_siblingof(&child, &child) == 0);
  return {};
}

/// Of one dimension.
Path path_in_array(Dwarf_Die type, std::uint64_t offset, unsigned size) {
  const auto element = type_of(&type);
  Dwarf_Die child;
  if (!element || dwarf_child(&type, &child) != 0 || dwarf_siblingof(&child, &child) == 0) return {};
  const std::uint64_t each = size_of(*element);
  if (each == 0) return {};
  if (size > each) return "";  // several of them
  const Path rest = path_to(*element, offset % each, size);
  return rest ? Path(fmt::format("[{}]{}", offset / each, *rest)) : std::nullopt;
}

Path path_to(Dwarf_Die type, std::uint64_t offset, unsigned size) {
  const int tag = dwarf_tag(&type);
  if (is_record(tag)) return path_in_record(type, offset, size);
  if (tag == DW_TAG_array_type) return path_in_array(type, offset, size);
  if (tag != DW_TAG_base_type && tag != DW_TAG_pointer_type && tag != DW_TAG_enumeration_type) return {};
  return offset + size <= size_of(type) ? Path("") : std::nullopt;
}

/// A frame of the scene, with what is above it.
class Frame {
 public:
  Frame(const Scene& scene, unsigned index) : scene_(scene), index_(index) {}

  std::uint64_t place() const { return scene_.frame[index_].place; }

  /// The eight bytes at an address, if they were kept.
  Value word_at(std::uint64_t address) const {
    const std::uint64_t kept = std::min<std::uint64_t>(scene_.stack_bytes, Scene::kStack);
    const std::uint64_t offset = address - scene_.bottom;
    if (kept >= 8 && offset <= kept - 8) {
      std::uint64_t word;
      std::memcpy(&word, scene_.stack + offset, sizeof word);
      return word;
    }
    for (unsigned i = 0; i < scene_.pointers && i < Scene::kPointers; ++i)
      if (scene_.pointer[i].at == address) return scene_.pointer[i].value;
    return {};
  }

  /// What a pointer or reference variable held. `unit`'s bias is added to addresses.
  Value value_of(Dwarf_Die* variable, Dwarf_Die* function, const Unit& unit) const {
    Dwarf_Attribute attribute;
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (!dwarf_attr_integrate(variable, DW_AT_location, &attribute)) return {};
    if (dwarf_getlocation_addr(&attribute, place() - unit.bias, &operations, &count, 1) != 1) return {};
    return evaluated(operations, count, function, unit);
  }

 private:
  Value cfa() const {
    if (index_ + 1 >= scene_.frames || index_ + 1 >= Scene::kFrames) return {};
    return scene_.frame[index_ + 1].sp;
  }

  Value register_value(unsigned number) const {
    if (number == 7) return scene_.frame[index_].sp;
    constexpr unsigned kKept[] = {3, 6, 12, 13, 14, 15};
    for (unsigned i = 0; i < 6; ++i)
      if (kKept[i] == number) return scene_.frame[index_].registers[i];
    return {};
  }

  Value frame_base(Dwarf_Die* function, const Unit& unit) const {
    Dwarf_Attribute attribute;
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (!function || !dwarf_attr_integrate(function, DW_AT_frame_base, &attribute)) return {};
    if (dwarf_getlocation_addr(&attribute, place() - unit.bias, &operations, &count, 1) != 1 || count != 1)
      return {};
    if (operations[0].atom == DW_OP_call_frame_cfa) return cfa();
    if (operations[0].atom >= DW_OP_reg0 && operations[0].atom <= DW_OP_reg31)
      return register_value(operations[0].atom - DW_OP_reg0);
    return {};
  }

  /// The kinds of locations that compilers give pointers; others are not known.
  Value evaluated(const Dwarf_Op* operations, std::size_t count, Dwarf_Die* function,
                  const Unit& unit) const {
    Value top;
    bool is_value = false;
    for (std::size_t i = 0; i < count; ++i) {
      const Dwarf_Op& op = operations[i];
      if (is_value) return {};
      if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31)
        top = sum(register_value(op.atom - DW_OP_breg0), op);
      else if (op.atom >= DW_OP_reg0 && op.atom <= DW_OP_reg31)
        top = register_value(op.atom - DW_OP_reg0), is_value = true;
      else if (op.atom == DW_OP_fbreg) top = sum(frame_base(function, unit), op);
      else if (op.atom == DW_OP_addr) top = op.number + unit.bias;
      else if (op.atom == DW_OP_plus_uconst) top = sum(top, op);
      else if (op.atom == DW_OP_deref) top = top ? word_at(*top) : top;
      else if (op.atom == DW_OP_stack_value) is_value = true;
      else return {};
      if (!top) return {};
    }
    return is_value ? top : top ? word_at(*top) : top;
  }

  static Value sum(Value value, const Dwarf_Op& op) { return value ? Value(*value + op.number) : value; }

  const Scene& scene_;
  unsigned index_;
};

/// A name and how near it stands: of two in the same frame the one whose object begins lower says more.
struct Named {
  std::string text;
  std::uint64_t object = 0;
};

class Search {
 public:
  Search(const Scene& scene, unsigned size) : scene_(scene), size_(size) {}

  std::string in_frame(unsigned index, const Unit& unit) {
    Frame frame(scene_, index);
    best_.reset();
    std::vector<Dwarf_Die> scopes = scopes_at(unit.unit, frame.place() - unit.bias);
    const auto function =
        std::ranges::find_if(scopes, [](Dwarf_Die& scope) { return dwarf_tag(&scope) == DW_TAG_subprogram; });
    for (Dwarf_Die& scope : scopes)
      in_scope(&scope, function == scopes.end() ? nullptr : &*function, frame, unit);
    return best_ ? best_->text : "";
  }

  /// A member function's own object, by its type: only where nothing has a name.
  const std::string& member() const { return member_; }

 private:
  void in_scope(Dwarf_Die* scope, Dwarf_Die* function, const Frame& frame, const Unit& unit) {
    Dwarf_Die child;
    if (dwarf_child(scope, &child) != 0) return;
    do {
      const int tag = dwarf_tag(&child);
      if (tag == DW_TAG_namespace) in_scope(&child, function, frame, unit);
      if (tag != DW_TAG_variable && tag != DW_TAG_formal_parameter) continue;
      const auto type = type_of(&child);
      if (!type) continue;
      const int kind = dwarf_tag(&const_cast<Dwarf_Die&>(*type));
      if (kind != DW_TAG_pointer_type && !is_reference(kind)) continue;
      if (const Value value = frame.value_of(&child, function, unit))
        consider(name_of(&child), *type, *value, frame);
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  /// A variable `name` of this pointer or reference type.
  void consider(const std::string& name, Dwarf_Die pointer, std::uint64_t value, const Frame& frame) {
    const auto pointee = type_of(&pointer);
    if (!pointee || name.empty()) return;
    const bool reference = is_reference(dwarf_tag(&pointer));
    const bool object = name == "this" || name == "__closure";
    if (object && !contains(value, *pointee)) return captured(*pointee, value, frame);
    const int kind = dwarf_tag(&const_cast<Dwarf_Die&>(*pointee));
    if (reference && kind == DW_TAG_pointer_type) {
      if (const Value inner = frame.word_at(value)) consider(name, *pointee, *inner, frame);
      return;
    }
    const std::uint64_t each = size_of(*pointee);
    if (each == 0 || scene_.address < value) return;
    const std::uint64_t index = (scene_.address - value) / each;
    if (index > 0 && (reference || value != scene_.begin)) return;
    const Path path = path_to(*pointee, (scene_.address - value) % each, size_);
    if (!path) return;
    if (object) return note_member(*pointee, *path);
    offer({spelled(name, reference, index, *path), value});
  }

  bool contains(std::uint64_t value, Dwarf_Die type) const {
    return scene_.address >= value && scene_.address < value + size_of(type);
  }

  static std::string spelled(const std::string& name, bool reference, std::uint64_t index,
                             const std::string& path) {
    if (index > 0) return fmt::format("{}[{}]{}", name, index, path);
    if (reference) return name + path;
    if (path.empty()) return "*" + name;
    return path[0] == '.' ? name + "->" + path.substr(1) : fmt::format("(*{}){}", name, path);
  }

  void note_member(Dwarf_Die type, const std::string& path) {
    const std::string name = name_of(&type);
    if (member_.empty() && !name.empty() && !path.empty()) member_ = name + "::" + path.substr(1);
  }

  /// What an object outside of the region, or a lambda, holds: its members that are pointers or references.
  void captured(Dwarf_Die type, std::uint64_t object, const Frame& frame) {
    Dwarf_Die child;
    if (!is_record(dwarf_tag(&type)) || dwarf_child(&type, &child) != 0) return;
    do {
      if (dwarf_tag(&child) != DW_TAG_member) continue;
      const auto offset = offset_of(&child);
      const auto member = offset ? type_of(&child) : std::nullopt;
      if (!member) continue;
      const int kind = dwarf_tag(&const_cast<Dwarf_Die&>(*member));
      if (kind != DW_TAG_pointer_type && !is_reference(kind)) continue;
      std::string name = name_of(&child);
      if (name == "__this" || name == "this") name = "this";
      else if (name.starts_with("__")) name = name.substr(2);  // g++ names what a lambda captures so
      if (const Value value = frame.word_at(object + *offset))
        if (name != "this" || contains(*value, *type_of(&const_cast<Dwarf_Die&>(*member))))
          consider(name, *member, *value, frame);
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  void offer(Named named) {
    if (!best_ || named.object < best_->object) best_ = std::move(named);
  }

  const Scene& scene_;
  unsigned size_;
  std::optional<Named> best_;
  std::string member_;
};

}  // namespace

std::string variable_at(const Scene& scene, unsigned size, const Units& units) {
  Search search(scene, size);
  for (unsigned i = 0; i < scene.frames && i < Scene::kFrames; ++i) {
    const Unit unit = units(scene.frame[i].place);
    if (!unit.unit) continue;
    if (std::string name = search.in_frame(i, unit); !name.empty()) return name;
  }
  return search.member();
}

}  // namespace ipclab::race
