/// How often each thing happened: what a simulation is worth.
package struct Counts: Hashable, Sendable {
    package enum Event: String, CaseIterable, Sendable {
        case writes
        case blanks
        case refusedInConflict
        case refusedStaleViews
        case resolved
        case syncs
        case unhurtSyncs
        case cuts
        case repeatedFrames
        case protocolErrors
        case gapAnswers
        case clientCrashes
        case serverCrashes
        case crashesWhileWriting
        case clientRestores
        case clones
        case serverRestores
        case clockJumps
        case longAbsences
        case schemeChanges
        case eventsDuringSyncs
        case wants
        case newReplicas
        case branchedChains
        case conflictsShown
        case revocations
        case refusedRevoked
        case rulings
        case parcels
        case parcelsTaken
        case parcelsTakenAgain
        case parcelsDuringSyncs
        case parcelsDamaged
        case parcelsLost
        case parcelsOfRevoked
        case parcelsMisdelivered
        case receiptsTaken
        case receiptsOvertaken
        case receiptsOfCopies
        case receiptsFromBeforeRestores
        case parcelsAlone
    }

    private var values: [Event: Int] = [:]

    package init() {}

    package subscript(_ event: Event) -> Int {
        get { self.values[event, default: 0] }
        set { self.values[event] = newValue }
    }

    package mutating func add(_ other: Counts) {
        for (event, count) in other.values { self[event] += count }
    }
}

extension Counts: CustomStringConvertible {
    package var description: String {
        Event.allCases.map { "\($0.rawValue) \(self[$0])" }.joined(separator: ", ")
    }
}
