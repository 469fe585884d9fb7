package dev.socketserver.autoconfigure.settings;

import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes from and to what nothing sets.
 */
class BuiltInValuesTests {

	private static final String UPPER = "socket.servers.upper.";

	private static final String PORT = UPPER + "port=0";

	private final ApplicationContextRunner runner = ChangingApplication.with(PORT);

	@Test
	void defaultIsShownAsItIsDocumented() {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			String[] next = { PORT, UPPER + "timeouts.frame=1m", UPPER + "args=a,b", UPPER + "limits.deny=10.0.0.1" };
			Environments.set(context, next);
			assertThat(settings.plan().changes()).containsExactly(change("args", "none", "a,b", Verdict.NEW_SESSIONS),
					change("limits.deny", "nobody", "10.0.0.1", Verdict.APPLIED),
					change("timeouts.frame", "30s", "1m", Verdict.APPLIED));

			settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
			Environments.set(context, PORT);
			assertThat(settings.plan().changes()).containsExactly(change("args", "a,b", "none", Verdict.NEW_SESSIONS),
					change("limits.deny", "10.0.0.1", "nobody", Verdict.APPLIED),
					change("timeouts.frame", "1m", "30s", Verdict.APPLIED));
		});
	}

	private static SettingsChange change(String key, String from, String to, Verdict verdict) {
		return new SettingsChange("servers.upper", key, from, to, verdict, null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "args=", "farewell=", "limits.deny=", "limits.allow=", "ssl.bundle=", "correlator=",
			"charset=utf-8", "charset=UTF8", "timeouts.idle=0", "heartbeat.period=0s", "login.timeout=0",
			"limits.sessions=10000", "outbound.overflow=fail" })
	void sameIsNoChange(String same) {
		this.runner.run((context) -> {
			Environments.set(context, PORT, UPPER + same);
			assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();
		});
	}

	@Test
	void defaultNumberOfSessionsThatIsNoLongerWrittenIsNoChange() {
		ChangingApplication.with(PORT, UPPER + "limits.sessions=10000").run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.plan();
			Environments.set(context, PORT);
			assertThat(settings.plan().changes()).isEmpty();
		});
	}

	/** Nobody is exempt, where loopback is by default. */
	@Test
	void emptyListIsAChangeFromOneThatIsNot() {
		this.runner.run((context) -> {
			Environments.set(context, PORT, UPPER + "ban.exempt=");
			assertThat(context.getBean(SocketSettings.class).plan().changes())
				.containsExactly(change("ban.exempt", "127.0.0.0/8, ::1", "", Verdict.APPLIED));
		});
	}

}
