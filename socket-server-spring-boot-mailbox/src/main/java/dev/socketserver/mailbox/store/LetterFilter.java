package dev.socketserver.mailbox.store;

import java.util.Set;

import dev.socketserver.mailbox.LetterState;
import org.jspecify.annotations.Nullable;

/**
 * Which letters of an identity to list.
 *
 * @param states in which states
 * @param after the key of a letter: only those behind it, or {@code null} for all
 * @param most at most so many
 */
public record LetterFilter(Set<LetterState> states, @Nullable String after, int most) {

}
