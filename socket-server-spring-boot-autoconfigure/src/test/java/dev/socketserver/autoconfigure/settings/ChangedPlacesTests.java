package dev.socketserver.autoconfigure.settings;

import java.nio.file.Path;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Places to listen in that another server has: it gives them up, or keeps them.
 */
class ChangedPlacesTests {

	private static final String ONE = "socket.servers.one.";

	private static final String TWO = "socket.servers.two.";

	private final int port = Ports.free();

	private static String[] file(String... pairs) {
		String[] all = new String[pairs.length + 2];
		System.arraycopy(pairs, 0, all, 0, pairs.length);
		all[pairs.length] = ONE + "handler=upper";
		all[pairs.length + 1] = TWO + "handler=upper";
		return all;
	}

	/** Its file is there until the server that has it is gone, or listens elsewhere. */
	@Test
	@DisabledOnOs(OS.WINDOWS)
	void aPathChangesItsOwnerInTwoSteps(@TempDir Path directory) {
		String path = "domain-socket.path=" + directory.resolve("a");
		ChangingApplication.with(ONE + path, ONE + "handler=upper").run((context) -> {
			twoSteps(context, "servers.two", TWO + path, TWO + "handler=upper");
			twoSteps(context, "servers.one", file(ONE + path, TWO + "port=0"));
			twoSteps(context, "servers.two", file(ONE + "port=0", TWO + path));
			assertThat(context.getBean(SocketServers.class).get("two").state()).isEqualTo(ServerState.RUNNING);
		});
	}

	private static void twoSteps(ConfigurableApplicationContext context, String refused, String... file) {
		assertThat(ChangingApplication.change(context, Verdict.REMOVE, file).left()).isNotEmpty().allSatisfy((left) -> {
			assertThat(left.entry()).isEqualTo(refused);
			assertThat(left.reason()).contains(" gives up path /")
				.endsWith(" in the same change: apply again when that is done");
		});
		assertThat(ChangingApplication.apply(context, Verdict.REMOVE).left()).isEmpty();
	}

	@Test
	void whatNeedsThePlaceWaitsWithIt() {
		String old = ONE + "port=" + this.port;
		ChangingApplication.with(file(old, TWO + "port=0")).run((context) -> {
			assertThat(ChangingApplication
				.change(context, Verdict.REMOVE,
						file(ONE + "port=0", TWO + "port=" + this.port, TWO + "protocol=udp",
								TWO + "udp.session-timeout=5s"))
				.applied()).extracting(SettingsChange::entry).containsExactly("servers.one");
			assertThat(ChangingApplication.apply(context, Verdict.REMOVE).left()).isEmpty();
			assertThat(context.getBean(SocketServers.class).get("two").port()).isEqualTo(this.port);
		});
	}

	@Test
	void whoHasItsPlaceAlreadyDoesNotWait() {
		ChangingApplication.with(file(ONE + "port=" + this.port, TWO + "port=" + this.port, TWO + "protocol=udp"))
			.run((context) -> assertThat(ChangingApplication
				.change(context, Verdict.REMOVE,
						file(ONE + "port=0", TWO + "port=" + this.port, TWO + "protocol=udp",
								TWO + "options.receive-buffer=64KB"))
				.left()).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "listeners.extra." })
	void aPlaceThatAnotherKeepsIsRefused(String listener) {
		String key = TWO + listener + "port";
		ChangingApplication.with(ONE + "port=" + this.port, ONE + "handler=upper").run((context) -> {
			Environments.set(context, file(ONE + "port=" + this.port, key + "=" + this.port));
			assertRefused(context, key);
			Environments.set(context, file(ONE + "port=" + this.port, TWO + "port=0"));
			assertThat(ChangingApplication.apply(context, Verdict.CREATE).left()).isEmpty();
			Environments.set(context, file(ONE + "port=" + this.port, TWO + "port=0", key + "=" + this.port));
			assertRefused(context, key);
		});
	}

	private void assertRefused(ConfigurableApplicationContext context, String key) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		String reason = "Property %s is '%s': server 'one' has that place too, by socket.servers.one.port"
			.formatted(key, this.port);
		assertThat(settings.plan().changes()).filteredOn((change) -> change.verdict() == Verdict.REFUSED)
			.extracting(SettingsChange::entry, SettingsChange::reason)
			.singleElement()
			.satisfies((row) -> {
				assertThat(row.toList().get(0)).isEqualTo("servers.two");
				assertThat(row.toList().get(1).toString()).startsWith(reason);
			});
		assertThatExceptionOfType(SettingsRefusedException.class)
			.isThrownBy(() -> ChangingApplication.apply(context, Verdict.REMOVE))
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { TWO + "protocol=udp", TWO + "start.on-failure=warn", TWO + "address=127.0.0.2",
			"socket.server-defaults.options.reuse-port=true" })
	void aPlaceWithWhichTheApplicationWouldStartIsCreated(String different) {
		String shared = different.startsWith("socket.server-defaults") ? different : "application=mine";
		ChangingApplication.with(ONE + "port=" + this.port, ONE + "handler=upper", shared)
			.run((context) -> assertCreated(context, shared, different));
	}

	@Test
	void aPlaceWhereNobodyListensIsCreated() {
		ChangingApplication.with(ONE + "port=" + this.port, ONE + "handler=upper").run((context) -> {
			context.getBean(SocketServers.class).get("one").stop();
			assertCreated(context, "application=mine", "application=mine");
		});
	}

	private void assertCreated(ConfigurableApplicationContext context, String... pairs) {
		String[] file = file(ONE + "port=" + this.port, TWO + "port=" + this.port, pairs[0], pairs[1]);
		Environments.set(context, file);
		assertThat(context.getBean(SocketSettings.class).plan().changes()).extracting(SettingsChange::verdict)
			.containsExactly(Verdict.CREATE);
	}

}
