/// Measures what a piece of work allocates, through the hooks of the address sanitizer: bytes asked for and not given
/// back, at their highest. Everything counts that goes through `malloc`, be it Swift's or zlib's.
enum MemoryMeter {
    // libFuzzer tries its inputs on one thread; the hooks must not allocate, so these are plain numbers.
    nonisolated(unsafe) private static var current = 0
    nonisolated(unsafe) private static var highest = 0
    nonisolated(unsafe) private static var isMeasuring = false
    /// The highest of all that was measured.
    nonisolated(unsafe) private(set) static var peakOfAll = 0

    static func install() {
        _ = installHooks(
            { _, byteCount in
                guard MemoryMeter.isMeasuring else { return }
                MemoryMeter.current += byteCount
                MemoryMeter.highest = max(MemoryMeter.highest, MemoryMeter.current)
            },
            { pointer in
                guard MemoryMeter.isMeasuring, let pointer else { return }
                MemoryMeter.current -= allocatedByteCount(pointer)
            }
        )
    }

    /// What `work` had allocated at one moment beyond what there was before it.
    static func peak(of work: () -> Void) -> Int {
        (self.current, self.highest, self.isMeasuring) = (0, 0, true)
        work()
        self.isMeasuring = false
        self.peakOfAll = max(self.peakOfAll, self.highest)
        return self.highest
    }
}

@_silgen_name("__sanitizer_install_malloc_and_free_hooks")
private func installHooks(
    _ allocated: @convention(c) (UnsafeRawPointer?, Int) -> Void,
    _ freed: @convention(c) (UnsafeRawPointer?) -> Void
) -> Int32

@_silgen_name("__sanitizer_get_allocated_size")
private func allocatedByteCount(_ pointer: UnsafeRawPointer) -> Int
