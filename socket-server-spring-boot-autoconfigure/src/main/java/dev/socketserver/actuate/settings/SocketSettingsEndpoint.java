package dev.socketserver.actuate.settings;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.shown.ShownValues;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.operation.ActionNames;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsRecord;
import dev.socketserver.settings.SettingsRecord.Outcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SettingsRefusedException.Refusal;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows the settings of servers and clients which are in
 * force, compares them with the environment, and changes them.
 */
@Endpoint(id = "socketsettings")
public class SocketSettingsEndpoint {

	private static final String SERVERS = "servers";

	private static final String CLIENTS = "clients";

	private final Supplier<SocketSettings> settings;

	private final SocketServers servers;

	private final Supplier<@Nullable SocketClients> clients;

	private final ShownValues shown;

	/**
	 * Creates the endpoint.
	 * @param settings supplies the settings when somebody asks
	 * @param servers the servers
	 * @param clients supplies the clients, or {@code null} if there are none
	 * @param sanitizingFunctions hide values
	 */
	public SocketSettingsEndpoint(Supplier<SocketSettings> settings, SocketServers servers,
			Supplier<@Nullable SocketClients> clients, Iterable<SanitizingFunction> sanitizingFunctions) {
		this.settings = settings;
		this.servers = servers;
		this.clients = clients;
		this.shown = new ShownValues(sanitizingFunctions);
	}

	/**
	 * Returns what the environment says and is not in force yet, and the last changes.
	 * @return the changes
	 */
	@ReadOperation
	public SocketSettingsDescriptor socketSettings() {
		SocketSettings all = this.settings.get();
		return new SocketSettingsDescriptor(all.version(), rows(all.plan().changes()),
				all.history().stream().map(this::describe).toList());
	}

	/**
	 * Returns the settings of a server or client that are in force.
	 * @param kind {@code servers} or {@code clients}
	 * @param name the name
	 * @return the settings, by key
	 */
	@ReadOperation
	public EntrySettingsDescriptor socketSettingsOf(@Selector String kind, @Selector String name) {
		SocketSettings all = this.settings.get();
		if (kind.equals(SERVERS)) {
			SocketServer server = this.servers.server(name).orElseThrow(() -> UnknownTargetException.server(name));
			return describe(kind, name, all.version(), all.of(server));
		}
		if (kind.equals(CLIENTS)) {
			SocketClient client = Optional.ofNullable(this.clients.get())
				.flatMap((known) -> known.client(name))
				.orElseThrow(() -> UnknownTargetException.client(name));
			return describe(kind, name, all.version(), all.of(client));
		}
		throw UnknownTargetException.kind(kind);
	}

	/**
	 * Makes pending changes, and returns when all is through.
	 * @param action {@code apply}
	 * @param most the greatest verdict of the changes that are made, up to
	 * {@code REMOVE}; by default {@code NEW_SESSIONS}
	 * @return what was made, and what was left
	 */
	@WriteOperation
	public AppliedDescriptor changeSocketSettings(String action, @Nullable String most) {
		return change(action, most, "actuator");
	}

	AppliedDescriptor change(String action, @Nullable String most, String by) {
		if (!action.equals("apply")) {
			throw BadParameterException.value("action", action, "apply", "Unknown action");
		}
		Verdict greatest = (most != null) ? verdict(most) : Verdict.NEW_SESSIONS;
		SocketSettings all = this.settings.get();
		try {
			SettingsOutcome outcome = all.apply(all.plan(), greatest, by);
			return new AppliedDescriptor(outcome.version(), rows(outcome.applied()), rows(outcome.left()));
		}
		catch (SettingsRefusedException ex) {
			// Without the cause, which has what is hidden.
			throw new SettingsRefusedException(ex.refused().stream().map(this::shown).toList());
		}
	}

	private static Verdict verdict(String name) {
		return ActionNames.named(Verdict.class, name.toLowerCase(Locale.ROOT).replace('_', '-'))
			.filter((verdict) -> verdict != Verdict.REFUSED)
			.orElseThrow(() -> BadParameterException.value("most", name,
					"APPLIED, NEW_SESSIONS, RESTART, CREATE or REMOVE", "Unknown verdict"));
	}

	private EntrySettingsDescriptor describe(String kind, String name, long version, List<Setting> settings) {
		return new EntrySettingsDescriptor(name, version,
				settings.stream()
					.map((setting) -> new SettingDescriptor(setting.key(),
							text(kind + "." + name, setting.key(), setting.value()), setting.from(), setting.property(),
							setting.origin(), setting.onChange()))
					.toList());
	}

	private AttemptDescriptor describe(SettingsRecord attempt) {
		return new AttemptDescriptor(attempt.version(), attempt.at(), attempt.by(), attempt.outcome(),
				rows(attempt.changes()));
	}

	private List<ChangeDescriptor> rows(List<SettingsChange> changes) {
		return changes.stream().map(this::describe).toList();
	}

	private ChangeDescriptor describe(SettingsChange change) {
		String from = text(change.entry(), change.key(), change.from());
		String to = text(change.entry(), change.key(), change.to());
		return new ChangeDescriptor(change.entry(), change.key(), from, to, change.verdict(),
				reason(change.reason(), change.to(), to));
	}

	private Refusal shown(Refusal refusal) {
		String shown = text(refusal.entry(), refusal.key(), refusal.value());
		return new Refusal(refusal.entry(), refusal.key(), shown,
				String.valueOf(reason(refusal.reason(), refusal.value(), shown)));
	}

	/** Hides in a text what is hidden as a value. */
	private static @Nullable String reason(@Nullable String reason, @Nullable String value, @Nullable String shown) {
		return (reason == null || value == null || value.equals(shown)) ? reason
				: reason.replace("'" + value + "'", "'" + shown + "'");
	}

	private @Nullable String text(@Nullable String entry, @Nullable String key, @Nullable String value) {
		String property = (entry != null) ? "socket." + entry + "." + key : key;
		String text = (property != null) ? this.shown.text(property, value) : value;
		// It may be inherited, and hidden by that name.
		boolean server = entry != null && entry.startsWith(SERVERS + ".");
		return server ? this.shown.text("socket.server-defaults." + key, text) : text;
	}

	/**
	 * What the environment says and is not in force, and what was changed.
	 *
	 * @param version the version that is in force
	 * @param pending the changes that were not made
	 * @param history the last changes, the oldest first
	 */
	@JsonPropertyOrder({ "version", "pending", "history" })
	public record SocketSettingsDescriptor(long version, List<ChangeDescriptor> pending,
			List<AttemptDescriptor> history) implements OperationResponseBody {

	}

	/**
	 * An attempt to change settings.
	 *
	 * @param version the version after it
	 * @param at when it ended
	 * @param by who made it
	 * @param outcome how it ended
	 * @param changes what was to be changed
	 */
	@JsonPropertyOrder({ "version", "at", "by", "outcome", "changes" })
	public record AttemptDescriptor(long version, Instant at, String by, Outcome outcome,
			List<ChangeDescriptor> changes) {

	}

	/**
	 * A change.
	 *
	 * @param entry the server or client, or {@code null}
	 * @param key the key, or {@code null} for all of the entry
	 * @param from the value in force
	 * @param to the value of the environment
	 * @param verdict what the change does
	 * @param reason why it is refused
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "entry", "key", "from", "to", "verdict", "reason" })
	public record ChangeDescriptor(@Nullable String entry, @Nullable String key, @Nullable String from,
			@Nullable String to, Verdict verdict, @Nullable String reason) {

	}

	/**
	 * The settings of a server or client.
	 *
	 * @param name its name
	 * @param version the version that is in force
	 * @param settings the settings, by key
	 */
	@JsonPropertyOrder({ "name", "version", "settings" })
	public record EntrySettingsDescriptor(String name, long version,
			List<SettingDescriptor> settings) implements OperationResponseBody {

	}

	/**
	 * A setting.
	 *
	 * @param key the key
	 * @param value the value
	 * @param from what sets it
	 * @param property the name of the property
	 * @param origin where that is written
	 * @param onChange what a change does
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "key", "value", "from", "property", "origin", "onChange" })
	public record SettingDescriptor(String key, @Nullable String value, Setting.Source from, @Nullable String property,
			@Nullable String origin, Verdict onChange) {

	}

	/**
	 * What became of the pending changes.
	 *
	 * @param version the version that is in force
	 * @param applied what was made
	 * @param left what was not
	 */
	@JsonPropertyOrder({ "version", "applied", "left" })
	public record AppliedDescriptor(long version, List<ChangeDescriptor> applied,
			List<ChangeDescriptor> left) implements OperationResponseBody {

	}

	/**
	 * Why nothing was changed.
	 *
	 * @param refused what is wrong
	 */
	public record RefusedDescriptor(List<RefusalDescriptor> refused) implements OperationResponseBody {

	}

	/**
	 * Something with which the application could not start.
	 *
	 * @param entry the server or client, or {@code null}
	 * @param key the key, or {@code null}
	 * @param value the value
	 * @param reason what a start would say
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "entry", "key", "value", "reason" })
	public record RefusalDescriptor(@Nullable String entry, @Nullable String key, @Nullable String value,
			String reason) {

		static RefusalDescriptor of(Refusal refusal) {
			return new RefusalDescriptor(refusal.entry(), refusal.key(), refusal.value(), refusal.reason());
		}

	}

}
