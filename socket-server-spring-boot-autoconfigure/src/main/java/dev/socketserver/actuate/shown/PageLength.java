package dev.socketserver.actuate.shown;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/**
 * The length of a page of a list, in bytes of JSON in UTF-8: at most 1 MiB. Lengths are
 * estimates that are never too small.
 */
public final class PageLength {

	private static final long MOST = 1024 * 1024;

	/** What stands around the entries of a page. */
	private static final long AROUND = 1024;

	private PageLength() {
	}

	/**
	 * Returns as many of the first entries of a page as it has room for, at least one.
	 * @param listed what is listed
	 * @param entry describes one
	 * @param length returns the length of a description
	 * @param shorter describes one that is too long for any page
	 * @param <S> what is listed
	 * @param <T> descriptions
	 * @return the descriptions
	 */
	public static <S, T> List<T> fitting(Collection<? extends S> listed, Function<? super S, T> entry,
			ToLongFunction<T> length, Function<? super S, T> shorter) {
		List<T> page = new ArrayList<>(listed.size());
		long left = MOST - AROUND;
		for (S one : listed) {
			T described = entry.apply(one);
			long needed = length.applyAsLong(described);
			if (needed > left && page.isEmpty()) {
				described = shorter.apply(one);
				needed = length.applyAsLong(described);
			}
			else if (needed > left) {
				break;
			}
			page.add(described);
			left -= needed;
		}
		return page;
	}

	/**
	 * Returns the length of maps, collections, texts, numbers and the like.
	 * @param value the value
	 * @return its length in bytes
	 */
	public static long of(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			return 2 + map.entrySet()
				.stream()
				.mapToLong((entry) -> of(entry.getKey()) + of(entry.getValue()) + 2)
				.sum();
		}
		if (value instanceof Collection<?> all) {
			return 2 + all.stream().mapToLong((one) -> of(one) + 1).sum();
		}
		return 2 + String.valueOf(value).chars().mapToLong(PageLength::of).sum();
	}

	/** A control is written as in {@code \u0007}. */
	private static long of(int character) {
		if (character < ' ') {
			return 6;
		}
		if (character < 0x80) {
			return (character == '"' || character == '\\') ? 2 : 1;
		}
		return (character < 0x800) ? 2 : 3;
	}

}
