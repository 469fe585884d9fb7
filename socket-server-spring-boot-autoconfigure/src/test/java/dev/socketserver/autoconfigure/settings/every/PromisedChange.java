package dev.socketserver.autoconfigure.settings.every;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.Environments;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * One key of a server or client that is changed, and changed back, while sessions are
 * open.
 *
 * @param prefix the property of the entry, with a dot at its end
 * @param key the key
 * @param value its new value
 * @param promised what a change of it does
 * @param beside what else changes with it, or is gone if it has no value
 */
record PromisedChange(String prefix, String key, String value, Verdict promised, List<String> beside) {

	/** How a surprise begins where what is in force has not changed. */
	static final String WITHOUT_EFFECT = "without effect";

	/**
	 * Makes the change, up to what leaves sessions alone.
	 * @param context the application
	 * @param base what the file has without it
	 * @param now returns the settings that are in force
	 * @param effect returns the value with which the server or client works, or
	 * {@code null} if it cannot be seen
	 * @param load finds what is wrong with the sessions, or returns {@code null}
	 * @return what is not as promised, or {@code null}
	 */
	@Nullable String surprise(ConfigurableApplicationContext context, List<String> base, Supplier<List<Setting>> now,
			Supplier<@Nullable String> effect, Supplier<@Nullable String> load) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		List<Setting> before = now.get();
		List<String> changed = new ArrayList<>(base);
		for (String each : this.beside) {
			changed.removeIf((pair) -> pair.startsWith(this.prefix + each.split("=")[0] + "="));
			if (each.contains("=")) {
				changed.add(this.prefix + each);
			}
		}
		changed.removeIf((pair) -> pair.startsWith(this.prefix + this.key + "="));
		written().forEach((pair) -> changed.add(this.prefix + pair));
		Environments.set(context, changed.toArray(String[]::new));
		String effective = effect.get();
		String surprise = made(settings, now, load);
		boolean applied = this.promised.compareTo(Verdict.NEW_SESSIONS) <= 0;
		if (surprise == null && applied && effective != null && effective.equals(effect.get())) {
			surprise = WITHOUT_EFFECT + ": " + effective;
		}
		Environments.set(context, base.toArray(String[]::new));
		SettingsOutcome back = settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
		if (surprise == null && !back.left().isEmpty()) {
			return "not taken back: " + back.left();
		}
		return (surprise != null || before.equals(now.get())) ? surprise : "not as it was: " + now.get();
	}

	/** Returns the change without what goes with it, which does something else. */
	PromisedChange alone(Verdict promised) {
		return new PromisedChange(this.prefix, this.key, this.value, promised, List.of());
	}

	/** A value that names the fields of an entry is that of a list with one. */
	private List<String> written() {
		return this.value.matches("[a-z]+=.+")
				? Stream.of(this.value.split(" ")).map((field) -> this.key + "[0]." + field).toList()
				: List.of(this.key + "=" + this.value);
	}

	private Setting.Source source() {
		return this.prefix.startsWith(Section.DEFAULTS) ? Setting.Source.DEFAULTS : Setting.Source.ENTRY;
	}

	private @Nullable String made(SocketSettings settings, Supplier<List<Setting>> now,
			Supplier<@Nullable String> load) {
		List<SettingsChange> changes = settings.plan().changes();
		if (this.promised == Verdict.REMOVE) {
			boolean gone = !changes.isEmpty()
					&& changes.stream().allMatch((each) -> each.key() == null && each.verdict() == Verdict.REMOVE);
			return gone ? left(settings, changes, load) : "planned: " + changes;
		}
		SettingsChange change = changes.stream().filter((each) -> this.key.equals(each.key())).findFirst().orElse(null);
		boolean refused = changes.stream().anyMatch((each) -> each.verdict() == Verdict.REFUSED);
		if (this.promised == Verdict.REFUSED && refused) {
			return null;
		}
		if (change == null || refused || changes.size() != 1 + this.beside.size()) {
			return "planned: " + changes;
		}
		boolean hidden = "******".equals(change.to());
		if (change.verdict() != this.promised || !(hidden || Objects.equals(change.to(), this.value))) {
			return "planned: " + change;
		}
		if (this.promised.compareTo(Verdict.NEW_SESSIONS) > 0) {
			return left(settings, List.of(change), load);
		}
		long version = settings.version();
		SettingsOutcome outcome;
		try {
			outcome = settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
		}
		catch (SettingsConflictException | SettingsRefusedException ex) {
			return "refused: " + ex.getMessage();
		}
		if (outcome.version() != version + 1 || !outcome.left().isEmpty()) {
			return "made: " + outcome;
		}
		Setting shown = now.get().stream().filter((each) -> each.key().equals(this.key)).findFirst().orElse(null);
		if (shown == null || !(hidden || this.value.equals(shown.value())) || shown.from() != source()) {
			return "in force: " + shown;
		}
		return load.get();
	}

	/** What would end sessions waits for somebody who says so. */
	private static @Nullable String left(SocketSettings settings, List<SettingsChange> changes,
			Supplier<@Nullable String> load) {
		SettingsOutcome outcome = settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
		return outcome.left().containsAll(changes) ? load.get() : "not left: " + outcome;
	}

}
