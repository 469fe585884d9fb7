package dev.socketserver.autoconfigure.settings.every;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.SocketServer;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.ChangingApplication;
import dev.socketserver.autoconfigure.settings.table.Row;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.autoconfigure.settings.table.SpecValues;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes keys of an application, one after the other, and collects what is not as
 * promised.
 */
final class ChangedKeys {

	/** What changes with a key of servers and clients that cannot change alone. */
	private static final Map<String, List<String>> BESIDE = Map.of("requests-late", List.of("requests=one-at-a-time"),
			"requests-reply", List.of("requests=one-at-a-time"), "heartbeat.period", List.of("heartbeat.message=beat"),
			"heartbeat.reply", List.of("heartbeat.period=7m", "heartbeat.message=beat"));

	/** What changes with a key of servers and clients that has no effect alone. */
	private static final Map<String, List<String>> WITH = Map.of("heartbeat.message", List.of("heartbeat.period=7m"),
			"heartbeat.placeholder", List.of("heartbeat.period=7m", "heartbeat.message=beat0"), "heartbeat.timeout",
			List.of("heartbeat.period=7m", "heartbeat.message=beat"), "heartbeat.reply-timeout",
			List.of("heartbeat.period=7m", "heartbeat.message=beat", "heartbeat.reply=alive"));

	private static final Pattern LISTENER = Pattern.compile("^listeners\\.[^.]+\\.");

	private final ConfigurableApplicationContext context;

	private final SocketSettings settings;

	private final Section section;

	private final List<String> base;

	private final Map<String, List<String>> beside = new HashMap<>(BESIDE);

	private final Map<String, List<String>> with = new HashMap<>(WITH);

	private final SettingsTable table = new SettingsTable();

	private final Map<String, String> surprises = new LinkedHashMap<>();

	/**
	 * Creates the object.
	 * @param context the application
	 * @param section servers or clients
	 * @param base what the file has besides
	 * @param beside what changes with a key of these that cannot change alone
	 * @param with what changes with a key of these that has no effect alone
	 */
	ChangedKeys(ConfigurableApplicationContext context, Section section, List<String> base,
			Map<String, List<String>> beside, Map<String, List<String>> with) {
		this.context = context;
		this.settings = context.getBean(SocketSettings.class);
		this.section = section;
		this.base = base;
		this.beside.putAll(beside);
		this.with.putAll(with);
	}

	/** Returns what the table promises of a key. */
	Verdict verdict(String key) {
		return this.table.row(this.section, key).verdict();
	}

	void change(String prefix, String key, String value, Verdict promised, SocketServer server, OpenSessions sessions) {
		change(new PromisedChange(prefix, key, value, promised, beside(key)), () -> this.settings.of(server),
				server::spec, sessions::lost);
	}

	/** Changes a key of which the server takes no notice. */
	void changeWithoutEffect(String prefix, String key, String value, SocketServer server, OpenSessions sessions) {
		PromisedChange change = new PromisedChange(prefix, key, value, verdict(key), List.of());
		String surprise = surprise(change, () -> this.settings.of(server), server::spec, sessions::lost);
		if (surprise == null || !surprise.startsWith(PromisedChange.WITHOUT_EFFECT)) {
			this.surprises.put(prefix + key, "has an effect: " + surprise);
		}
	}

	/**
	 * Changes one key.
	 * @param change the change
	 * @param now returns the settings that are in force
	 * @param spec returns the specification that is in force
	 * @param load finds what is wrong with the sessions, or returns {@code null}
	 */
	void change(PromisedChange change, Supplier<List<Setting>> now, Supplier<Object> spec,
			Supplier<@Nullable String> load) {
		String surprise = surprise(change, now, spec, load);
		if (surprise == null && !change.beside().isEmpty() && isEnough(change, now, spec, load)) {
			surprise = "needs nothing beside";
		}
		if (surprise != null) {
			this.surprises.put(change.prefix() + change.key() + "=" + change.value(), surprise);
		}
	}

	private @Nullable String surprise(PromisedChange change, Supplier<List<Setting>> now, Supplier<Object> spec,
			Supplier<@Nullable String> load) {
		Row row = this.table.row(this.section, change.key());
		// One function in place of another looks the same.
		boolean seen = !row.path().isEmpty() && !row.key().equals("pool.key") && !LISTENER.matcher(change.key()).find();
		return change.surprise(this.context, this.base, now,
				() -> seen ? String.valueOf(new SpecValues(spec.get()).text(row)) : null, load);
	}

	/** Whether a key can be changed alone, and has an effect. */
	private boolean isEnough(PromisedChange change, Supplier<List<Setting>> now, Supplier<Object> spec,
			Supplier<@Nullable String> load) {
		String surprise = this.with.containsKey(change.key())
				? surprise(change.alone(change.promised()), now, spec, load) : null;
		return (surprise != null) ? !surprise.startsWith(PromisedChange.WITHOUT_EFFECT)
				: surprise(change.alone(Verdict.REFUSED), now, spec, load) != null;
	}

	/** Returns what changes with a key, in the same place. */
	List<String> beside(String key) {
		Matcher place = LISTENER.matcher(key);
		String before = place.find() ? place.group() : "";
		String plain = key.substring(before.length());
		return this.beside.getOrDefault(plain, this.with.getOrDefault(plain, List.of()))
			.stream()
			.map((pair) -> before + pair)
			.toList();
	}

	/** Makes a change that cuts no session. */
	void apply(String... file) {
		SettingsOutcome outcome = ChangingApplication.change(this.context, Verdict.NEW_SESSIONS, file);
		assertThat(outcome.applied()).isNotEmpty();
		assertThat(outcome.left()).isEmpty();
	}

	Map<String, String> surprises() {
		return this.surprises;
	}

}
