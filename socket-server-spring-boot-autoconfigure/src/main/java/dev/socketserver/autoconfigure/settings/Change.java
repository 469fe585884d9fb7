package dev.socketserver.autoconfigure.settings;

import dev.socketserver.autoconfigure.settings.table.Secrets;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A difference between two states of the properties.
 *
 * @param entry the server or client, or {@code null} for a key of the whole application
 * @param whole the key that changes as a whole: a framing, or the key itself;
 * {@code null} if the entry is new or gone
 * @param shown the change as it is shown
 */
record Change(@Nullable Entry entry, @Nullable String whole, SettingsChange shown) {

	static Change of(@Nullable Entry entry, @Nullable String whole, @Nullable String key, @Nullable String from,
			@Nullable String to, Verdict verdict, @Nullable String reason) {
		return new Change(entry, whole,
				new SettingsChange((entry != null) ? entry.toString() : null, key,
						(key != null) ? Secrets.hidden(key, from) : from, (key != null) ? Secrets.hidden(key, to) : to,
						verdict, reason));
	}

	Verdict verdict() {
		return this.shown.verdict();
	}

	/** Whether it is one of those keys, within the entry. */
	boolean isBelow(String prefix) {
		return this.whole != null && this.whole.startsWith(prefix);
	}

	Change with(Verdict verdict, @Nullable String reason) {
		return new Change(this.entry, this.whole, new SettingsChange(this.shown.entry(), this.shown.key(),
				this.shown.from(), this.shown.to(), verdict, reason));
	}

}
