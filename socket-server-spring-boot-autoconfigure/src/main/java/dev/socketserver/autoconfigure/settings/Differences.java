package dev.socketserver.autoconfigure.settings;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.table.Row;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.autoconfigure.settings.table.SpecValues;
import dev.socketserver.autoconfigure.spec.SessionSpecs;
import dev.socketserver.handler.bean.BuiltInHandler;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionException;

/**
 * Finds what differs between what is in force and what the environment says, and what a
 * change of it does.
 */
final class Differences {

	private static final String LISTENERS = "listeners.";

	/** Where a server, or a listener, has its place, and what that is called. */
	private static final Map<String, String> PLACES = Map.of("port", "port", "domain-socket.path", "path", "inherit",
			"socket");

	/** What else tells one place from another. */
	private static final List<String> OF_PLACES = List.of("address", "ip-family", "protocol");

	static final String HANDLER = "handler";

	private static final String DAEMON = "threads.client-daemon";

	private static final String SESSIONS = "limits.sessions";

	private static final String TLS = "ssl.";

	/** Between the elements of a list that is the default. */
	private static final String LIST = ", ";

	/** What is said of times that are off without a value, and with 0. */
	private static final Set<String> NEVER = Set.of("never", "off");

	/** What is said of keys without a default; a text or a bean may be called so. */
	private static final Set<String> WORDS = Set.of("none", "off", "all", "everybody", "nobody", "host");

	/**
	 * Keys with defaults that hold for most handlers, kinds of sockets and times only.
	 */
	private static final Set<String> DEPENDENT = Set.of(SESSIONS, "options.user-timeout", "outbound.overflow",
			"reconnect.max-period");

	private final SettingsTable table;

	private final Configured inForce;

	private final Configured next;

	private final Function<SettingsEntry, Owner> owners;

	/** What the properties in force have made of servers and clients. */
	private final Function<SettingsEntry, @Nullable Object> specs;

	/** The clients that the application receives with itself. */
	private final Predicate<SettingsEntry> byHand;

	Differences(SettingsTable table, Configured inForce, Configured next, Function<SettingsEntry, Owner> owners,
			Function<SettingsEntry, @Nullable Object> specs, Predicate<SettingsEntry> byHand) {
		this.table = table;
		this.inForce = inForce;
		this.next = next;
		this.owners = owners;
		this.specs = specs;
		this.byHand = byHand;
	}

	/** Returns all changes, by entry and key. */
	List<Change> all() {
		List<Change> changes = new ArrayList<>();
		Set<SettingsEntry> entries = this.inForce.entries();
		entries.addAll(this.next.entries());
		for (SettingsEntry entry : entries) {
			changes.addAll(of(entry));
		}
		Set<String> others = new TreeSet<>(this.inForce.others().keySet());
		others.addAll(this.next.others().keySet());
		for (String key : others) {
			Value from = this.inForce.others().get(key);
			Value to = this.next.others().get(key);
			if (from == null || to == null || !from.means(to)) {
				changes.add(Change.of(null, null, key, text(from), text(to), Verdict.REFUSED)
					.with(Verdict.REFUSED,
							"The application must be restarted: the key is not that of a server or client"));
			}
		}
		return changes;
	}

	private List<Change> of(SettingsEntry entry) {
		Owner owner = this.owners.apply(entry);
		boolean wanted = this.next.has(entry);
		if (wanted && this.inForce.has(entry) && owner == Owner.PROPERTIES) {
			return keys(entry);
		}
		if (wanted) {
			String reason = whyNotCreated(entry, owner);
			return List.of(Change.of(entry, (reason != null) ? Verdict.REFUSED : Verdict.CREATE, reason));
		}
		if (owner != Owner.PROPERTIES) {
			return List.of();
		}
		String reason = reserved(this.inForce.own(entry).get(HANDLER));
		return List.of(Change.of(entry, (reason != null) ? Verdict.REFUSED : Verdict.REMOVE, reason));
	}

	private @Nullable String whyNotCreated(SettingsEntry entry, Owner owner) {
		if (owner == Owner.CODE) {
			return "The application has registered a %s of that name itself".formatted(entry.section().word());
		}
		Map<String, Value> own = this.next.own(entry);
		String reason = reserved(own.get(HANDLER));
		for (Map.Entry<String, Value> each : own.entrySet()) {
			if (reason == null) {
				reason = givenUp(entry, each.getKey(), each.getValue());
			}
		}
		return reason;
	}

	/**
	 * Why the handler of a module is neither given to a server nor taken from it, and its
	 * server neither restarted nor removed.
	 */
	private @Nullable String reserved(@Nullable Value handler) {
		String word = (handler != null) ? handler.text() : "";
		return (ServerBlocks.handler(word) != null || KnownModules.hasHandler(word))
				? "The application must be restarted: " + KnownModules.whyRestart(word) : null;
	}

	private List<Change> keys(SettingsEntry entry) {
		Map<String, Value> from = this.inForce.of(entry);
		Map<String, Value> to = this.next.of(entry);
		Set<String> keys = new TreeSet<>(from.keySet());
		keys.addAll(to.keySet());
		List<Change> changes = new ArrayList<>();
		Set<String> restarted = new LinkedHashSet<>();
		for (String key : keys) {
			Value one = from.get(key);
			Value other = to.get(key);
			if (key.equals("enabled") || isSame(entry, key, one, other)) {
				continue;
			}
			if (key.endsWith(SettingsTable.FRAMING)) {
				framing(entry, key, one, other, changes);
				continue;
			}
			Row row = this.table.row(entry.section(), key);
			Verdict verdict = row.verdict();
			if (verdict == Verdict.RESTART && ServerBlocks.isBlock(row.block())) {
				restarted.add(row.block() + ".");
			}
			if (key.equals(HANDLER) && entry.section() == Section.CLIENTS && isDaemonOtherwise(from, to)) {
				restarted.add(key);
			}
			String reason = why(entry, key, one, other);
			changes.add(Change.of(entry, key, key, text(key, row, one, other), text(key, row, other, one), verdict)
				.with((reason != null) ? Verdict.REFUSED : verdict, reason));
		}
		restarted.addAll(listeners(from.keySet(), to.keySet()));
		restarted.addAll(tls(from, to));
		changes.replaceAll(
				(change) -> (change.verdict() != Verdict.REFUSED && restarted.stream().anyMatch(change::isBelow))
						? change.with(Verdict.RESTART, null) : change);
		String reserved = reserved(from.get(HANDLER));
		if (reserved != null) {
			refuse(changes, "", reserved);
		}
		for (Map.Entry<String, Value> each : to.entrySet()) {
			String given = givenUp(entry, each.getKey(), each.getValue());
			if (given != null && !isSamePlace(listener(each.getKey()), from, to)) {
				// Without it a new one has no place, and another kind may have been
				// before.
				refuse(changes, listener(each.getKey()), given);
			}
		}
		return changes;
	}

	/** Refuses what needs a restart. */
	private static void refuse(List<Change> changes, String below, String reason) {
		changes.replaceAll((change) -> (change.verdict() == Verdict.RESTART && change.isBelow(below))
				? change.with(Verdict.REFUSED, reason) : change);
	}

	private @Nullable String why(SettingsEntry entry, String key, @Nullable Value from, @Nullable Value to) {
		if (entry.section() == Section.CLIENTS && isKeptOtherwise(entry, key, from, to)) {
			return "The application must be restarted: what waits in a client is kept in another way %s a %s"
				.formatted(isOn(to) ? "with" : "without", key);
		}
		if (key.equals(HANDLER)) {
			String reserved = reserved(from);
			return (reserved != null) ? reserved : reserved(to);
		}
		return null;
	}

	private boolean isKeptOtherwise(SettingsEntry entry, String key, @Nullable Value from, @Nullable Value to) {
		return isOn(from) != isOn(to)
				&& (key.equals("pool.key") || (key.equals(HANDLER) && (isOn(from) || this.byHand.test(entry))));
	}

	/** The listeners that only one of both has, as prefixes of keys. */
	private static Set<String> listeners(Set<String> from, Set<String> to) {
		Set<String> one = prefixes(from);
		Set<String> other = prefixes(to);
		Set<String> different = new LinkedHashSet<>(one);
		different.addAll(other);
		different.removeIf((prefix) -> one.contains(prefix) && other.contains(prefix));
		return different;
	}

	/** The blocks of TLS, of the entry and its listeners, that are switched on or off. */
	private static Set<String> tls(Map<String, Value> from, Map<String, Value> to) {
		Set<String> places = prefixes(from.keySet());
		places.addAll(prefixes(to.keySet()));
		places.add("");
		return places.stream()
			.filter((place) -> isSecure(from, place) != isSecure(to, place))
			.map((place) -> place + TLS)
			.collect(Collectors.toSet());
	}

	/** A listener that sets a key of the block inherits none. */
	private static boolean isSecure(Map<String, Value> values, String place) {
		boolean own = values.keySet().stream().anyMatch((key) -> key.startsWith(place + TLS));
		return isOn(values.get((own ? place : "") + TLS + "bundle"));
	}

	/** Only for a handler of its own an application stays, unless it says so itself. */
	private static boolean isDaemonOtherwise(Map<String, Value> from, Map<String, Value> to) {
		boolean decided = from.containsKey(DAEMON) && to.containsKey(DAEMON);
		return !decided && isBuiltIn(from.get(HANDLER)) != isBuiltIn(to.get(HANDLER));
	}

	private static boolean isBuiltIn(@Nullable Value handler) {
		return handler != null && BuiltInHandler.of(handler.text()) != null;
	}

	private static Set<String> prefixes(Set<String> keys) {
		Set<String> prefixes = new LinkedHashSet<>();
		for (String key : keys) {
			int dot = key.startsWith(LISTENERS) ? key.indexOf('.', LISTENERS.length()) : -1;
			if (dot > 0) {
				prefixes.add(key.substring(0, dot + 1));
			}
		}
		return prefixes;
	}

	private static boolean isOn(@Nullable Value value) {
		return value != null && !value.text().isEmpty();
	}

	private static @Nullable String text(@Nullable Value value) {
		return (value != null) ? value.shown() : null;
	}

	/**
	 * What is not set is shown as it is documented, unless another default holds: a
	 * listener has what its server has, and what is set now would be no change.
	 */
	private static @Nullable String text(String key, Row row, @Nullable Value value, @Nullable Value other) {
		boolean same = other != null && other.text().equals(row.builtIn());
		boolean documented = value == null && !row.builtIn().isEmpty() && !same && !key.startsWith(LISTENERS);
		return documented ? row.builtIn() : text(value);
	}

	private boolean isSame(SettingsEntry entry, String key, @Nullable Value one, @Nullable Value other) {
		if (one != null && other != null) {
			return one.means(other);
		}
		Value set = (one != null) ? one : Objects.requireNonNull(other);
		String unset = unset(entry, this.table.row(entry.section(), key), key, one != null);
		return unset != null && isDefault(key, set, unset);
	}

	/** Returns what holds without a key, or {@code null} if that is not known. */
	private @Nullable String unset(SettingsEntry entry, Row row, String key, boolean inForce) {
		boolean listener = key.startsWith(LISTENERS) && !key.endsWith(".enabled");
		if (listener || key.endsWith(SettingsTable.FRAMING)) {
			return null;
		}
		if (!DEPENDENT.contains(key)) {
			return row.builtIn();
		}
		Object spec = this.specs.apply(entry);
		if (spec instanceof ServerSpec server && key.equals(SESSIONS)) {
			return String.valueOf(ServerSpec.defaultSessions(server.handler(), server.session().execution().mode()));
		}
		return (spec == null || inForce) ? null : new SpecValues(spec).text(row);
	}

	/** Whether a value is that which nothing needs to set. */
	private static boolean isDefault(String key, Value value, String builtIn) {
		String text = value.text();
		Object bound = value.bound();
		if (text.isEmpty()) {
			return !builtIn.contains(LIST);
		}
		if (WORDS.contains(builtIn) && (bound instanceof String || bound instanceof Collection<?>)) {
			return false;
		}
		if (text.equals(builtIn)) {
			return true;
		}
		if (bound == null || builtIn.isEmpty()) {
			return false;
		}
		boolean never = NEVER.contains(builtIn) && SessionSpecs.isZeroForNone(key);
		return (never && Duration.ZERO.equals(bound)) || isBound(builtIn, bound);
	}

	/** Whether a text is bound to a value. */
	private static boolean isBound(String text, Object value) {
		Class<?> type = (value instanceof Charset) ? Charset.class : value.getClass();
		try {
			return value.equals(ApplicationConversionService.getSharedInstance().convert(text, type));
		}
		catch (ConversionException ex) {
			// It is described in words.
			return false;
		}
	}

	private void framing(SettingsEntry entry, String whole, @Nullable Value from, @Nullable Value to,
			List<Change> changes) {
		Map<String, ConfigurationProperty> one = shown(whole, from);
		Map<String, ConfigurationProperty> other = shown(whole, to);
		Set<String> keys = new TreeSet<>(one.keySet());
		keys.addAll(other.keySet());
		for (String key : keys) {
			ConfigurationProperty before = one.get(key);
			ConfigurationProperty after = other.get(key);
			if (before == null || after == null || !Value.text(before).equals(Value.text(after))) {
				changes.add(Change.of(entry, whole, key, text(entry, key, from, before), text(entry, key, to, after),
						Verdict.NEW_SESSIONS));
			}
		}
	}

	/** A framing that is not set is that of the handler. */
	private @Nullable String text(SettingsEntry entry, String key, @Nullable Value framing,
			@Nullable ConfigurationProperty value) {
		if (value != null) {
			return Value.shown(value);
		}
		return (framing == null && key.equals(SettingsTable.FRAMING + ".type"))
				? this.table.row(entry.section(), SettingsTable.FRAMING).builtIn() : null;
	}

	/** Returns the keys of a framing; a word is its type. */
	static Map<String, ConfigurationProperty> shown(String whole, @Nullable Value framing) {
		Map<String, ConfigurationProperty> keys = new LinkedHashMap<>();
		if (framing != null) {
			for (Map.Entry<String, ConfigurationProperty> each : framing.below().entrySet()) {
				keys.put(whole + (each.getKey().isEmpty() ? ".type" : each.getKey()), each.getValue());
			}
		}
		return keys;
	}

	/** Why a place cannot be taken: another server has it, and gives it up only now. */
	private @Nullable String givenUp(SettingsEntry entry, String key, @Nullable Value value) {
		String place = place(key);
		if (place == null || value == null || value.text().isEmpty() || value.text().equals("0")
				|| entry.section() == Section.CLIENTS) {
			return null;
		}
		for (SettingsEntry other : this.inForce.entries()) {
			if (other.section() == Section.SERVERS && !other.equals(entry)
					&& hasPlace(this.inForce, other, place, value.text())
					&& !hasPlace(this.next, other, place, value.text())) {
				return "Server '%s' gives up %s %s in the same change: apply again when that is done"
					.formatted(other.name(), PLACES.get(place), value.text());
			}
		}
		return null;
	}

	/** Returns the prefix of the keys of a listener; empty for those of the server. */
	private static String listener(String key) {
		return prefixes(Set.of(key)).stream().findFirst().orElse("");
	}

	/** Returns by which key of a server or listener a key is a place, if it is one. */
	private static @Nullable String place(String key) {
		String own = key.substring(listener(key).length());
		return PLACES.containsKey(own) ? own : null;
	}

	/** Whether a server or listener has, and goes on to have, one place. */
	private static boolean isSamePlace(String listener, Map<String, Value> from, Map<String, Value> to) {
		return PLACES.keySet().stream().allMatch((key) -> isSameText(listener + key, from, to)) && OF_PLACES.stream()
			.allMatch((key) -> isSameText(listener + key, from, to) && isSameText(key, from, to));
	}

	private static boolean isSameText(String key, Map<String, Value> from, Map<String, Value> to) {
		Value one = from.get(key);
		Value other = to.get(key);
		return (one != null && other != null) ? one.text().equals(other.text()) : one == other;
	}

	/** Whether a server or one of its listeners has a place of a kind. */
	private static boolean hasPlace(Configured configured, SettingsEntry entry, String kind, String text) {
		return configured.own(entry)
			.entrySet()
			.stream()
			.anyMatch((each) -> kind.equals(place(each.getKey())) && text.equals(each.getValue().text()));
	}

	/** Whose a server or client is that is registered under the name of an entry. */
	enum Owner {

		/** It was made of the properties. */
		PROPERTIES,

		/** The application has registered it. */
		CODE,

		/** There is none. */
		NONE

	}

}
