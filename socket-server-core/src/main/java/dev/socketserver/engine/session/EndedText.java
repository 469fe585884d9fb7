package dev.socketserver.engine.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.engine.log.LogText;
import org.jspecify.annotations.Nullable;

/**
 * Copies what applications and peers have named in one session that has ended, within
 * bounds: {@value #MAX_ENTRIES} entries of each kind, {@value #MAX_TEXT} characters of
 * each text, and {@value #MAX_TOTAL} characters in all, after which entries are left out.
 * Calls no code of the application. Used once, by one thread.
 */
final class EndedText {

	/** How many entries of each kind are kept. */
	static final int MAX_ENTRIES = 64;

	/** How many characters of a text are kept. */
	static final int MAX_TEXT = 256;

	/** How many characters are kept of all texts. */
	static final int MAX_TOTAL = 8192;

	/** How many characters are kept of what says why the session ended. */
	private static final int MAX_DETAIL = 1024;

	/** The types of values that are kept as they are. */
	private static final Set<Class<?>> KEPT = Set.of(Integer.class, Long.class, Double.class, Float.class, Short.class,
			Byte.class, Boolean.class);

	/** The types of values that are kept as text, beside those of {@code java.time}. */
	private static final Set<Class<?>> SHORT = Set.of(Character.class, AtomicInteger.class, AtomicLong.class,
			LongAdder.class, UUID.class);

	/** Of a number as text: that of a longer one takes long to make. */
	private static final int MOST_BITS = 1024;

	private int left = MAX_TOTAL;

	/** How many identities there were, with those that are left out. */
	private int identities;

	/** How many groups there were. */
	private int groups;

	/** Copies a text that is always kept. */
	String truncate(String text) {
		String copy = LogText.truncate(text, MAX_TEXT);
		this.left -= copy.length();
		return copy;
	}

	@Nullable String detail(@Nullable String detail) {
		return (detail != null) ? LogText.truncate(detail, MAX_DETAIL) : null;
	}

	List<String> groups(List<String> names) {
		this.groups = names.size();
		List<String> some = new ArrayList<>();
		add(names, some, MAX_ENTRIES);
		return some;
	}

	/** Copies identities, of which all types together are one kind. */
	Map<String, List<String>> bound(Map<String, List<String>> bound) {
		this.identities = bound.values().stream().mapToInt(List::size).sum();
		Map<String, List<String>> some = new LinkedHashMap<>();
		int room = MAX_ENTRIES;
		for (Map.Entry<String, List<String>> entry : bound.entrySet()) {
			if (room == 0 || this.left <= 0) {
				break;
			}
			List<String> ids = some.computeIfAbsent(truncate(entry.getKey()), (type) -> new ArrayList<>());
			room -= add(entry.getValue(), ids, room);
		}
		return some;
	}

	/** Returns how many identities there were to copy. */
	int boundTotal() {
		return this.identities;
	}

	/** Returns how many groups there were to copy. */
	int groupsTotal() {
		return this.groups;
	}

	private int add(List<String> names, List<String> to, int room) {
		int added = 0;
		for (String name : names) {
			if (added == room || this.left <= 0) {
				break;
			}
			to.add(truncate(name));
			added++;
		}
		return added;
	}

	Map<String, Object> attributes(@Nullable Map<String, Object> attributes) {
		if (attributes == null || attributes.isEmpty()) {
			return Map.of();
		}
		Map<String, Object> some = new LinkedHashMap<>();
		for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
			if (some.size() == MAX_ENTRIES || this.left <= 0) {
				break;
			}
			some.put(truncate(attribute.getKey()), copy(attribute.getValue()));
		}
		return some;
	}

	private Object copy(Object value) {
		Class<?> type = value.getClass();
		if (KEPT.contains(type)) {
			return value;
		}
		if (value instanceof String text) {
			return truncate(text);
		}
		if (value instanceof Enum<?> constant) {
			return truncate(constant.name());
		}
		return truncate(isShort(value, type) ? value.toString() : type.getTypeName());
	}

	private static boolean isShort(Object value, Class<?> type) {
		if (type == BigInteger.class) {
			return ((BigInteger) value).bitLength() <= MOST_BITS;
		}
		if (type == BigDecimal.class) {
			return ((BigDecimal) value).unscaledValue().bitLength() <= MOST_BITS;
		}
		return SHORT.contains(type) || type.getName().startsWith("java.time.");
	}

}
