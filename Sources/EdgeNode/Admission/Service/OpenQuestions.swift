/// What the auth service is being asked, or will be when its turn comes, by the digests of the credentials. A value.
///
/// Each has its askers counted. One that nobody waits for any more, and that has not gone out yet, is taken back: the service is not
/// asked on behalf of who has left. One that has gone out is worth its answer. Bounded by `capacity`.
struct OpenQuestions {
    typealias Outcome = Result<Principal, AuthenticationFailure>

    struct Question {
        /// Another question about the same credential has another.
        let number: Int
        let task: Task<Outcome, Never>
        fileprivate var askers = 1
        fileprivate var hasGoneOut = false
    }

    private let capacity: Int
    private var questions: [CredentialDigest: Question] = [:]
    private var last = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { questions.count }

    /// The question about a credential, where there is one: one more waits for it.
    mutating func join(_ digest: CredentialDigest) -> Question? {
        questions[digest]?.askers += 1
        return questions[digest]
    }

    /// A question with one who waits for it; nil, and nothing is begun, where there are as many as there may be.
    ///
    /// - Parameter begin: By the question's number.
    mutating func open(_ digest: CredentialDigest, _ begin: (Int) -> Task<Outcome, Never>) -> Question? {
        guard questions.count < capacity else { return nil }
        last += 1
        let question = Question(number: last, task: begin(last))
        questions[digest] = question
        return question
    }

    /// One of those who wait has left. The question's work, where it is to be cancelled.
    mutating func leave(_ digest: CredentialDigest, _ number: Int) -> Task<Outcome, Never>? {
        guard var question = questions[digest], question.number == number else { return nil }
        question.askers -= 1
        let isOver = question.askers == 0 && !question.hasGoneOut
        questions[digest] = isOver ? nil : question
        return isOver ? question.task : nil
    }

    /// Its turn has come. False where it was taken back.
    mutating func goOut(_ digest: CredentialDigest, _ number: Int) -> Bool {
        guard questions[digest]?.number == number else { return false }
        questions[digest]?.hasGoneOut = true
        return true
    }

    /// One that has gone out was answered.
    mutating func close(_ digest: CredentialDigest) { questions[digest] = nil }
}
