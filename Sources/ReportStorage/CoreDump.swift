import Foundation

/// What the system keeps of a process that crashes.
enum CoreDump {
    /// From now on it holds nothing of this process's memory, in which there is a key.
    ///
    /// Best effort: where the system has no such thing, there is nothing to keep secrets out of.
    static func withholdMemory() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if os(Linux)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            // The limit does not hold where dumps are handed to a program; this leaves every mapping out (core(5)).
            let descriptor = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            _ = write(descriptor, "0\n", 2)
            close(descriptor)
        #else
            setrlimit(RLIMIT_CORE, &none)
        #endif
    }
}
