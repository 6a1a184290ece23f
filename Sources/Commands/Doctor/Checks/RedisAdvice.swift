/// What is to be done about what Redis answers when it refuses. Pure.
enum RedisAdvice {
    /// Nil where the words are none of those that are known.
    static func words(on refusal: String) -> String? {
        let refusal = refusal.lowercased()
        if refusal.contains("readonly") {
            return "point the address at the primary: this is a replica, which takes no writes"
        }
        if refusal.contains("noauth") || refusal.contains("wrongpass") || refusal.contains("invalid password") {
            return "put the user and the password of the address right: redis://user:password@host:6379"
        }
        if refusal.contains("noperm") {
            return "let this user call what the gateway needs, on its keys and channels (ACL SETUSER)"
        }
        return nil
    }
}
