package dev.socketserver.autoconfigure.settings.table;

import dev.socketserver.settings.Verdict;

/**
 * What is known of a key.
 *
 * @param key the key within an entry
 * @param verdict what a change of it does
 * @param path where a specification has the value: components of records; empty if it has
 * none
 * @param builtIn the default, as it is documented
 */
public record Row(String key, Verdict verdict, String path, String builtIn) {

	/** Returns the block of the key: the part before the first dot. */
	public String block() {
		return block(this.key);
	}

	public static String block(String key) {
		int dot = key.indexOf('.');
		return (dot < 0) ? key : key.substring(0, dot);
	}

}
