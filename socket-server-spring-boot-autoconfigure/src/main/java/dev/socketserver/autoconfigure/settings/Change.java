package dev.socketserver.autoconfigure.settings;

import dev.socketserver.autoconfigure.keys.Secrets;
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
record Change(@Nullable SettingsEntry entry, @Nullable String whole, SettingsChange shown) {

	/** Returns the change of an entry that is new or gone. */
	static Change of(SettingsEntry entry, Verdict verdict, @Nullable String reason) {
		return new Change(entry, null, new SettingsChange(entry.toString(), null, null, null, verdict, reason));
	}

	static Change of(@Nullable SettingsEntry entry, @Nullable String whole, String key, @Nullable String from,
			@Nullable String to, Verdict verdict) {
		return new Change(entry, whole, new SettingsChange((entry != null) ? entry.toString() : null, key,
				Secrets.hidden(key, from), Secrets.hidden(key, to), verdict, null));
	}

	Verdict verdict() {
		return this.shown.verdict();
	}

	/** Whether it is that of a key; a framing that is a word is its type. */
	boolean isOf(@Nullable String key) {
		String own = this.shown.key();
		return own == null || own.equals(key) || (key != null && key.equals(this.whole) && own.equals(key + ".type"));
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
