import Foundation
import Testing
import TestSupport

@Suite("A sync of 100,000 writes, killed at random moments")
struct KillTests {
    static let uploadCount = 26
    static let uploadCountMax = 60
    static let downloadCount = 6
    /// The least that must fall between the first and the last receipt.
    static let withinReceiptsMin = 20

    enum Victim: CaseIterable {
        case client, server, both
    }

    /// One kill: who, when, and what stood on both sides right after it.
    struct Moment: CustomStringConvertible {
        let round: Int
        let isUpload: Bool
        let victim: Victim
        let trigger: String
        /// Receipts that had passed when it struck, of as many as such a sync has.
        let receiptCount: Int
        let receiptCountOfAll: Int
        let confirmedCount: Int
        let provinceCount: Int
        let officeCount: Int

        var isWithinReceipts: Bool { (1..<self.receiptCountOfAll).contains(self.receiptCount) }

        var description: String {
            let direction = self.isUpload ? "upload" : "download"
            return "\(direction) \(self.round): \(self.victim) killed \(self.trigger), after \(self.receiptCount) of "
                + "\(self.receiptCountOfAll) receipts; confirmed \(self.confirmedCount), "
                + "held by the province \(self.provinceCount), by the office \(self.officeCount)"
        }
    }

    @Test("loses nothing that was confirmed, and doubles nothing", .timeLimit(.minutes(60)))
    func killed() async throws {
        let seed =
            ProcessInfo.processInfo.environment["HUILIU_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64.max)
        print("HUILIU_SEED=\(seed)")
        var random = SplitMix64(seed: seed)
        let load = try await LoadedOffice()
        let rounds = KillRounds(load: load)
        // How many receipts there are is learnt from a sync that nothing disturbs. Its stores serve the downloads.
        let whole = try await rounds.undisturbed()
        #expect(whole.upload > Self.withinReceiptsMin && whole.download > Self.withinReceiptsMin)
        var moments: [Moment] = []
        var withinCount = 0
        for isUpload in [true, false] {
            let receiptCount = isUpload ? whole.upload : whole.download
            let least = isUpload ? Self.uploadCount : Self.downloadCount
            var count = 0
            // On a busy machine some strike early; so many more rounds are made.
            while count < least || (isUpload && withinCount < Self.withinReceiptsMin && count < Self.uploadCountMax) {
                let plans = (1...2).map { number in
                    KillRounds.Plan(
                        round: moments.count + number,
                        isUpload: isUpload,
                        victim: Victim.allCases.randomElement(using: &random)!,
                        receiptCountOfAll: receiptCount,
                        afterCount: Int.random(in: 1..<receiptCount, using: &random),
                        isByCommit: Bool.random(using: &random)
                    )
                }
                // Side by side: each has stores and a server of its own.
                async let first = rounds.run(plans[0])
                async let second = rounds.run(plans[1])
                for moment in try await [first, second] {
                    print("  \(moment)")
                    moments.append(moment)
                    if isUpload, moment.isWithinReceipts { withinCount += 1 }
                }
                count += plans.count
            }
        }
        print("  \(withinCount) of the kills of an upload fell between the first and the last receipt")
        #expect(withinCount >= Self.withinReceiptsMin, "seed \(seed)")
    }
}
