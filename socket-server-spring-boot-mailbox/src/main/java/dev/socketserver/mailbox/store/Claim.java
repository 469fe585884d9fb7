package dev.socketserver.mailbox.store;

/**
 * The right to send a letter, and to say what became of that. It ends when another has
 * claimed the letter.
 *
 * @param recipient whom the letter is for
 * @param key its key
 * @param token the token it was claimed with
 * @param holder who has claimed it
 * @param attempt the number of the attempt, from 1
 */
public record Claim(Recipient recipient, String key, long token, String holder, int attempt) {

}
