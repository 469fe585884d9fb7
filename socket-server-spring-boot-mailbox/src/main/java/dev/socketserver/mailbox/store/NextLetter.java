package dev.socketserver.mailbox.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.mailbox.Letter;
import org.jspecify.annotations.Nullable;

/**
 * What a claimer gets.
 *
 * @param letter the letter to send, or {@code null}
 * @param due when the oldest letter may be claimed, if it may not be now; {@code null} if
 * there is none
 * @param ended letters in front of it that have reached their final state by this call
 */
public record NextLetter(@Nullable ClaimedLetter letter, @Nullable Duration due, List<Letter> ended) {

	/** There is nothing for this claimer. */
	public static final NextLetter NONE = new NextLetter(null, null, List.of());

	/** Returns the same behind a letter that has ended before. */
	public NextLetter behind(Letter first) {
		List<Letter> all = new ArrayList<>(1 + this.ended.size());
		all.add(first);
		all.addAll(this.ended);
		return new NextLetter(this.letter, this.due, all);
	}

}
