// Lab 10-posix-shm: a board in shared memory that several processes write on. The contract: given, not to be changed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

/// Lies at the beginning of the shared object, in every process at another address. Fresh memory is zero.
struct Header {
  std::atomic<std::uint32_t> is_ready;  // 0 until the board has been prepared
  std::uint32_t times_prepared;
  std::uint64_t bytes;  // of the text, which follows
  char text[];
};

/// Makes a board of fresh memory, with dots all over. Given, in main.cpp: not to be changed. Takes its time, and nobody else may
/// touch the board meanwhile. (The checks make it stop, or make its process die, in the middle.)
void prepare(Header& header, std::size_t bytes);

/// A board that is open. Every function that fails throws std::system_error with the errno of the call that failed.
class Board {
 public:
  /// Opens the board `name` ("/board"), with its own size and its text; makes it, for `bytes` bytes of text, when there is none.
  /// However many processes do this at once, exactly one prepares it, and nobody returns before it is ready.
  Board(const std::string& name, std::size_t bytes);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  /// ERANGE: not all of it is on the board.
  void write(std::size_t at, const std::string& text);
  std::string read(std::size_t at, std::size_t bytes) const;

  std::size_t size() const { return header_->bytes; }
  unsigned times_prepared() const { return header_->times_prepared; }

  /// The name is gone; the board, when the last who has it open lets go. ENOENT: there is none of that name.
  static void unlink(const std::string& name);

 private:
  /// Where the text is from byte `at` on. Throws unless `bytes` bytes from there are on the board.
  char* place(std::size_t at, std::size_t bytes) const;

  Header* header_ = nullptr;
  std::size_t mapped_ = 0;  // bytes
};
