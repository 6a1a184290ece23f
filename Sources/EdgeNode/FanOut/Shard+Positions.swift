import Core

/// Where clients are told that they stand: in front of all that follows what tells them. The link may die behind it, and a
/// client must not come back from what it was never sent.
extension Shard {
    /// In front of what follows the reply to a subscribe; without the streams of which the client has nothing yet, since their
    /// state follows.
    func positions(
        of connection: ClientConnection,
        before wanted: [PendingSubscribe.Wanted]
    ) -> [StreamName: Position] {
        var positions: [StreamName: Position] = [:]
        // Two spellings of one stream may differ in their rates: the second then begins it anew.
        var anew: Set<StreamName> = []
        for item in wanted {
            guard let fanOut = fanOuts[item.stream] else { continue }
            if let present = connection.subscriptions[item.stream], present.goesOn(as: item),
                !anew.contains(item.stream)
            {
                positions[item.stream] = position(of: present)
            } else {
                anew.insert(item.stream)
                positions[item.stream] = fanOut.joiningPosition
            }
        }
        return positions
    }

    /// The last publication that was written to the client; nil where that can't be told.
    func position(of subscription: Subscription) -> Position? {
        guard !subscription.startsWithState, !subscription.lacksState, let fanOut = fanOuts[subscription.stream],
            let latest = fanOut.state.position
        else { return nil }
        // Of an earlier epoch perhaps: then the resume is told so.
        if let owed = subscription.owedFrom {
            return owed > latest.sequence || owed == 0 ? nil : Position(epoch: latest.epoch, sequence: owed - 1)
        }
        // What is held back from everybody changes a state that nobody has.
        return fanOut.heldFrom == nil ? latest : nil
    }

    /// By canonical name, in the order in which they were asked for, each once.
    static func named(
        _ positions: [StreamName: Position],
        of wanted: [PendingSubscribe.Wanted]
    ) -> [(String, Position)] {
        var rest = positions
        return wanted.compactMap { item in
            rest.removeValue(forKey: item.stream).map { (item.stream.canonical, $0) }
        }
    }
}

extension StreamFanOut {
    /// Where a client stands that joins, before it is sent anything: in events behind all that were; in a state nowhere, since
    /// it follows.
    var joiningPosition: Position? { descriptor.deliveryClass == .event ? state.position : nil }
}
