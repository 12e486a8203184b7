// Files: uv_fs_*, which libuv runs on the threads that all loops of the process share.
#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "runtimes/contract/file.hpp"
#include "runtimes/libuv/uv_engine.hpp"

namespace gauntlet {

namespace {

/// The most that the kernel moves in one call.
constexpr std::size_t most_bytes = 0x7ffff000;

int call(uv_loop_t* loop, uv_fs_t& request, const FileOp& op, uv_fs_cb done) noexcept {
  using Action = FileOp::Action;
  const uv_file file = op.file->descriptor;
  const uv_buf_t memory = uv_buf_init(reinterpret_cast<char*>(op.memory.data()),
                                      static_cast<unsigned>(std::min(op.memory.size(), most_bytes)));
  const auto offset = static_cast<std::int64_t>(op.offset);
  switch (op.action) {
    case Action::open:
      return uv_fs_open(loop, &request, op.path, op.flags | O_CLOEXEC, static_cast<int>(op.permissions), done);
    case Action::read:
      return uv_fs_read(loop, &request, file, &memory, 1, offset, done);
    case Action::write:
      return uv_fs_write(loop, &request, file, &memory, 1, offset, done);
    case Action::sync:
      return uv_fs_fsync(loop, &request, file, done);
    case Action::sync_data:
      return uv_fs_fdatasync(loop, &request, file, done);
    case Action::close:
      return uv_fs_close(loop, &request, file, done);
  }
  std::unreachable();
}

}  // namespace

Submitted UvEngine::start_file(FileOp& op) noexcept {
  if (!op.begin(*group_.runtime, worker_.index)) return Submitted::pending;
  worker_.counters.file_operations.add();
  UvFileRequest& request = file_requests_.take();
  request.op = &op;
  request.fs.data = &request;
  op.native = &request;
  const int error = call(&loop_, request.fs, op, &on_file);
  if (error < 0) {  // no memory for a copy of the path
    file_requests_.give_back(request);
    (void)op.end(error);
    return Submitted::done;
  }
  if (op.kind() == OpKind::close_file) ++file_closes_;
  return Submitted::pending;
}

void UvEngine::on_file(uv_fs_t* fs) {
  UvEngine& self = engine_of(fs->loop);
  auto& request = *static_cast<UvFileRequest*>(fs->data);
  FileOp& op = *request.op;
  const auto result = static_cast<std::int32_t>(fs->result);
  self.hear();
  uv_fs_req_cleanup(fs);
  self.file_requests_.give_back(request);
  if (op.kind() == OpKind::close_file) --self.file_closes_;
  if (op.end(result)) self.complete(op);
}

void UvEngine::cancel_file(FileOp& op) noexcept {
  // EBUSY: a thread has begun it, and it ends with its own result.
  uv_cancel(reinterpret_cast<uv_req_t*>(&static_cast<UvFileRequest*>(op.native)->fs));
}

}  // namespace gauntlet
