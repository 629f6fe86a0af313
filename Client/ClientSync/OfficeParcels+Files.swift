import ReportModel
import ReportStorage

// Parcels and answers in files.

extension OfficeParcels {
    /// Makes a parcel in a file (``make(to:)``).
    ///
    /// - Throws: `FileExists`, `FileUnwritable`, errors of the store. Then there is no file.
    package func make(at path: String, isReplacing: Bool, alreadyThere exists: FileExists) throws -> Made {
        try PublishedFile.write(to: path, isReplacing: isReplacing, alreadyThere: exists) { try self.make(to: $0) }
    }

    /// Takes the answer in a file (``takeAnswer(from:newReplica:)``).
    package func takeAnswer(_ file: InputFile) throws -> Taken {
        try self.takeAnswer(from: { try file.next($0) }, newReplica: .random())
    }
}
