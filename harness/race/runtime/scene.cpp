#include "race/runtime/scene.hpp"

#include <link.h>
#include <string.h>
#include <unwind.h>

#include "race/runtime/memory.hpp"

namespace ipclab::race {
namespace {

constexpr int kKept[] = {3, 6, 12, 13, 14, 15};  // rbx, rbp, r12 … r15 as DWARF numbers them

struct Walk {
  Scene& scene;
  std::uint64_t place;    // of the access; until there the frames are the runtime's own
  std::uint64_t top = 0;  // the highest frame seen
};

_Unwind_Reason_Code note_frame(_Unwind_Context* context, void* data) {
  auto& walk = *static_cast<Walk*>(data);
  Scene& scene = walk.scene;
  const std::uint64_t place = _Unwind_GetIP(context) - 1;
  walk.top = _Unwind_GetCFA(context);
  if (scene.frames == 0 && place != walk.place) return _URC_NO_REASON;
  if (scene.frames == Scene::kFrames) return _URC_END_OF_STACK;
  Scene::Frame& frame = scene.frame[scene.frames++];
  frame.place = place;
  frame.sp = walk.top;
  for (unsigned i = 0; i < 6; ++i) frame.registers[i] = _Unwind_GetGR(context, kKept[i]);
  return _URC_NO_REASON;
}

void copy_stack(Scene& scene, std::uint64_t top) {
  if (scene.frames == 0) return;
  scene.bottom = scene.frame[0].sp;
  const std::uint64_t length = top > scene.bottom ? top - scene.bottom : 0;
  scene.stack_bytes = static_cast<std::uint32_t>(length < Scene::kStack ? length : Scene::kStack);
  memcpy(scene.stack, reinterpret_cast<const void*>(scene.bottom), scene.stack_bytes);
}

constexpr std::uint64_t kMostData = 1 << 20;  // looked through of each segment

void look_through(Scene& scene, std::uint64_t begin, std::uint64_t end) {
  const auto ours = reinterpret_cast<std::uint64_t>(leaves);  // large, and empty
  std::uint64_t left = kMostData;
  for (std::uint64_t at = (begin + 7) & ~7ull; at + 8 <= end && left > 0; at += 8, left -= 8) {
    if (at == ours) at += sizeof leaves;
    if (at + 8 > end) return;
    const std::uint64_t value = *reinterpret_cast<const volatile std::uint64_t*>(at);
    if (value < scene.begin || value >= scene.end || scene.pointers == Scene::kPointers) continue;
    scene.pointer[scene.pointers++] = {at, value};
  }
}

/// The program itself comes first.
int note_pointers(dl_phdr_info* info, std::size_t, void* data) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& part = info->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || !(part.p_flags & PF_W)) continue;
    const std::uint64_t begin = info->dlpi_addr + part.p_vaddr;
    look_through(*static_cast<Scene*>(data), begin, begin + part.p_memsz);
  }
  return 1;
}

}  // namespace

void keep_scene(Index finding, std::uint64_t address, std::uint64_t place) {
  Scene& scene = record()->scenes[finding];
  const Mapping mapping = mapping_at(address);
  if (!mapping.region || scene.frames) return;
  scene.address = address;
  scene.begin = mapping.begin;
  scene.end = mapping.end;
  Walk walk{scene, place};
  _Unwind_Backtrace(note_frame, &walk);
  copy_stack(scene, walk.top);
  ::dl_iterate_phdr(note_pointers, &scene);
}

}  // namespace ipclab::race
