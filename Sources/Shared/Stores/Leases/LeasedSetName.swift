/// What a leased set is called. A value.
package struct LeasedSetName: Sendable, Hashable {
    /// What is counted there: letters, digits and `-`, from the code and never from a client.
    package let kind: String
    /// Whose set it is: any text.
    package let name: String

    package init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A set, and how many members it may have with the one that joins. A value.
package struct LeasedSetBound: Sendable, Hashable {
    package let set: LeasedSetName
    package let maximum: Int

    package init(_ set: LeasedSetName, maximum: Int) {
        self.set = set
        self.maximum = maximum
    }
}

/// One member of one set. A value.
package struct LeasedMembership: Sendable, Hashable {
    package let set: LeasedSetName
    package let member: String

    package init(of member: String, in set: LeasedSetName) {
        self.set = set
        self.member = member
    }
}
