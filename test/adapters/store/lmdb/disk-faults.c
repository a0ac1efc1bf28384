/*
 * Stands between a program and the disk (LD_PRELOAD): counts the calls that write to the .mdb files
 * of a store, and lets one of them fail, or kills the program there. Control is a file that both
 * sides map, so that a test can say, while the program runs, what is to happen at which call.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NOTHING, KILL_BEFORE, KILL_TORN, KILL_AFTER, NO_SPACE, IO_ERROR, SHORT_WRITE, RECORD };

/* In the order of control.ts: what is to happen, from which call on, how often, and calls so far. */
struct control {
  int32_t kind;
  int32_t call;
  int32_t count;
  int32_t calls;
};

static volatile struct control *control;
static int record = -1;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("DISK_FAULTS_CONTROL");
  const char *log = getenv("DISK_FAULTS_RECORD");
  if (path != NULL) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    void *map = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (map != MAP_FAILED) control = map;
  }
  if (log != NULL) record = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
}

/* Whether a file is one of a store's, but for its lock, which holds nothing that lasts. */
static int concerns(int file, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 4) return 0;
  path[length] = 0;
  return strcmp(path + length - 4, ".mdb") == 0 && strstr(path, "/lock.mdb") == NULL;
}

/* What is to happen at this call. */
static int faultOf(int file, char *path, size_t size) {
  if (control == NULL || !concerns(file, path, size)) return NOTHING;
  int32_t call = ++control->calls;
  if (control->kind == RECORD) return RECORD;
  int isHit = call >= control->call && call < control->call + control->count;
  return isHit ? control->kind : NOTHING;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int failWith(int number) {
  errno = number;
  return -1;
}

static ssize_t (*writeAt)(int, const void *, size_t, off64_t);
static int (*syncData)(int);

/* "WRITE offset length durable path\n" and the bytes, or "SYNC path\n". */
static void note(int file, const void *bytes, size_t size, off64_t offset, const char *path) {
  char line[4200];
  int isDurable = (fcntl(file, F_GETFL) & O_DSYNC) != 0;
  int length = bytes == NULL
    ? snprintf(line, sizeof line, "SYNC %s\n", path)
    : snprintf(line, sizeof line, "WRITE %lld %zu %d %s\n", (long long)offset, size, isDurable, path);
  if (write(record, line, length) != length) die();
  if (bytes != NULL && write(record, bytes, size) != (ssize_t)size) die();
}

/*
 * A full disk has room for what it holds already. Not so where each write has a new place, as on
 * some file systems: for the writes that are durable at once, this one is such.
 */
static int hasRoom(int file, size_t size, off64_t offset) {
  struct stat64 status;
  if ((fcntl(file, F_GETFL) & O_DSYNC) != 0) return 0;
  return fstat64(file, &status) == 0 && offset + (off64_t)size <= status.st_size;
}

static ssize_t writeBytes(int file, const void *bytes, size_t size, off64_t offset) {
  char path[4096];
  if (writeAt == NULL) writeAt = dlsym(RTLD_NEXT, "pwrite64");
  ssize_t written;
  int fault = faultOf(file, path, sizeof path);
  int isLack = fault == NO_SPACE || fault == SHORT_WRITE;
  switch (isLack && hasRoom(file, size, offset) ? NOTHING : fault) {
    case KILL_BEFORE:
      die();
    case KILL_TORN:
      written = writeAt(file, bytes, size / 2, offset);
      die();
    case KILL_AFTER:
      written = writeAt(file, bytes, size, offset);
      die();
    case NO_SPACE:
      return failWith(ENOSPC);
    case IO_ERROR:
      return failWith(EIO);
    case SHORT_WRITE:
      /* A disk that becomes full takes a part, and then nothing more. */
      if (control->calls > control->call) return failWith(ENOSPC);
      return writeAt(file, bytes, size / 2, offset);
    case RECORD:
      note(file, bytes, size, offset, path);
  }
  written = writeAt(file, bytes, size, offset);
  return written;
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
  return writeBytes(file, bytes, size, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
  return writeBytes(file, bytes, size, offset);
}

/* As a write at the file's own position, which moves. */
static ssize_t writeOn(int file, const void *bytes, size_t size) {
  ssize_t written = writeBytes(file, bytes, size, lseek64(file, 0, SEEK_CUR));
  if (written > 0) lseek64(file, written, SEEK_CUR);
  return written;
}

ssize_t write(int file, const void *bytes, size_t size) {
  static ssize_t (*original)(int, const void *, size_t);
  char path[4096];
  if (original == NULL) original = dlsym(RTLD_NEXT, "write");
  if (control == NULL || !concerns(file, path, sizeof path)) return original(file, bytes, size);
  return writeOn(file, bytes, size);
}

/* As one write of all parts. */
ssize_t writev(int file, const struct iovec *parts, int count) {
  static ssize_t (*original)(int, const struct iovec *, int);
  char path[4096];
  if (original == NULL) original = dlsym(RTLD_NEXT, "writev");
  if (control == NULL || !concerns(file, path, sizeof path)) return original(file, parts, count);
  size_t size = 0;
  for (int index = 0; index < count; index += 1) size += parts[index].iov_len;
  char *bytes = malloc(size);
  size_t at = 0;
  for (int index = 0; index < count; index += 1) {
    memcpy(bytes + at, parts[index].iov_base, parts[index].iov_len);
    at += parts[index].iov_len;
  }
  ssize_t written = writeOn(file, bytes, size);
  free(bytes);
  return written;
}

static int syncFile(int file, int (*original)(int)) {
  char path[4096];
  int result;
  switch (faultOf(file, path, sizeof path)) {
    case KILL_BEFORE:
    case KILL_TORN:
      die();
    case KILL_AFTER:
      result = original(file);
      die();
    case NO_SPACE:
    case SHORT_WRITE:
      return failWith(ENOSPC);
    case IO_ERROR:
      return failWith(EIO);
    case RECORD:
      note(file, NULL, 0, 0, path);
  }
  result = original(file);
  return result;
}

int fdatasync(int file) {
  if (syncData == NULL) syncData = dlsym(RTLD_NEXT, "fdatasync");
  return syncFile(file, syncData);
}

int fsync(int file) {
  static int (*original)(int);
  if (original == NULL) original = dlsym(RTLD_NEXT, "fsync");
  return syncFile(file, original);
}
