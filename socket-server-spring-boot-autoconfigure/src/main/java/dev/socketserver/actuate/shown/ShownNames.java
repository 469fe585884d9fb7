package dev.socketserver.actuate.shown;

import java.util.List;

import dev.socketserver.SessionInfo;

/**
 * How many groups and identities of a session are shown. A peer may have made any number
 * of them, of any length.
 *
 * @param most how many of each
 * @param characters how many characters of each
 * @param attributes whether attributes are shown, too
 */
public record ShownNames(int most, int characters, boolean attributes) {

	/** In lists. */
	public static final ShownNames IN_LIST = new ShownNames(20, 200, true);

	/** In lists, of a session that is too long for any page. */
	public static final ShownNames SHORTENED = new ShownNames(20, 200, false);

	/** Of a single session. */
	public static final ShownNames OF_ONE = new ShownNames(1000, Integer.MAX_VALUE, true);

	/**
	 * Returns the identities to show.
	 * @param info the session
	 * @param values sanitizes them
	 * @return the identities, each as {@code type:id}
	 */
	public List<String> bound(SessionInfo info, ShownValues values) {
		return info.bound()
			.entrySet()
			.stream()
			.flatMap((ids) -> ids.getValue().stream().map((id) -> ids.getKey() + ":" + values.text(ids.getKey(), id)))
			.limit(this.most)
			.map(this::cut)
			.toList();
	}

	/**
	 * Returns the groups to show.
	 * @param info the session
	 * @param values sanitizes them
	 * @return the groups
	 */
	public List<String> groups(SessionInfo info, ShownValues values) {
		return info.groups()
			.stream()
			.limit(this.most)
			.map((group) -> cut(String.valueOf(values.text("group", group))))
			.toList();
	}

	/** Never within a character that is made of two. */
	private String cut(String text) {
		if (text.length() <= this.characters) {
			return text;
		}
		boolean within = Character.isHighSurrogate(text.charAt(this.characters - 1));
		return text.substring(0, within ? this.characters - 1 : this.characters);
	}

}
