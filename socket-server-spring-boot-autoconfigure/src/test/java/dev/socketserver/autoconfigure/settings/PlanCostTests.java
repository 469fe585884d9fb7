package dev.socketserver.autoconfigure.settings;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import com.sun.management.ThreadMXBean;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a plan over a hundred servers costs, as the memory that it asks for: times differ
 * from machine to machine.
 */
class PlanCostTests {

	private static final int SERVERS = 100;

	private static String[] file(IntFunction<String> idle, String messages) {
		List<String> file = new ArrayList<>();
		for (int i = 0; i < SERVERS; i++) {
			String server = "socket.servers.s" + i + ".";
			file.addAll(List.of(server + "port=0", server + "handler=upper", server + "framing.type=line",
					server + "limits.sessions=" + (100 + i), server + "limits.frame=1KB",
					server + "timeouts.idle=" + idle.apply(i)));
		}
		file.add("socket.server-defaults.login.messages=" + messages);
		file.add("socket.server-defaults.timeouts.write=20s");
		return file.toArray(String[]::new);
	}

	@Test
	void aPlanBindsOnlyWhatHasChanged() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
			.withUserConfiguration(UpperHandler.class)
			.withInitializer((context) -> Environments.set(context, file((i) -> "30s", "11")))
			.run((context) -> {
				assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();
				// Classes are loaded by the first.
				bytesOfPlan(context, file((i) -> "30s", "10"), SERVERS);

				// Half of what it takes to bind all keys of these servers.
				assertThat(bytesOfPlan(context, file((i) -> "30s", "12"), SERVERS)).isLessThan(100_000_000);
				assertThat(bytesOfPlan(context, file((i) -> (40 + i) + "s", "12"), 2 * SERVERS))
					.isLessThan(150_000_000);
				assertThat(bytesOfPlan(context, file((i) -> (i == 7) ? "1m" : "30s", "11"), 1)).isLessThan(15_000_000);

				SocketSettings settings = context.getBean(SocketSettings.class);
				assertThat(settings.apply(settings.plan(), Verdict.APPLIED).left()).isEmpty();
			});
	}

	private static long bytesOfPlan(ConfigurableApplicationContext context, String[] file, int changes) {
		Environments.set(context, file);
		SocketSettings settings = context.getBean(SocketSettings.class);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		assertThat(settings.plan().changes()).hasSize(changes);
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

}
