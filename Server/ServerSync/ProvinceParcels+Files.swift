import ReportModel
import ReportStorage

// Parcels and answers in files.

extension ProvinceParcels {
    /// Takes the parcel in a file, and writes the answer to another (``take(from:answer:newReplica:)``).
    ///
    /// - Throws: also `FileExists` before anything is done, and `FileUnwritable`.
    package func take(
        _ file: InputFile,
        answer: String,
        isReplacing: Bool,
        alreadyThere exists: FileExists
    ) throws -> Taken {
        try PublishedFile.write(to: answer, isReplacing: isReplacing, alreadyThere: exists) { sink in
            try self.take(from: { try file.next($0) }, answer: sink, newReplica: .random())
        }
    }
}
