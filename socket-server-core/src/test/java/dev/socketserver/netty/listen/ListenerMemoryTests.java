package dev.socketserver.netty.listen;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;

import javax.management.JMException;
import javax.management.ObjectName;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** What one more listener of a server takes of the heap. */
@Tag("long")
@EnabledOnOs(OS.LINUX) // has epoll, whose sockets are small
class ListenerMemoryTests {

	private static final int LISTENERS = 500;

	/** Those of Netty's channel, by its classes, which are there without us, too. */
	private static final int OF_THE_SOCKET = 1300;

	private static final int OURS = 2048;

	@Test
	void listenerCostsItsSocketAndTwoKilobytes() throws JMException {
		try (NettySocketServers servers = new NettySocketServers(List.of())) {
			// As many: what the first of them loads is counted in neither.
			servers.register(spec("first", LISTENERS)).start();
			long before = live();
			servers.register(spec("many", LISTENERS)).start();
			assertThat((live() - before) / LISTENERS).isLessThan(OF_THE_SOCKET + OURS);
		}
	}

	private static ServerSpec spec(String name, int listeners) {
		ServerSpec.Builder spec = ServerSpec.builder(name)
			.transport(SocketTransport.EPOLL)
			.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line));
		for (int i = 0; i < listeners; i++) {
			spec.listener("l" + i, (listener) -> listener.port(0));
		}
		return spec.build();
	}

	/** Bytes of all objects that can be reached. */
	private static long live() throws JMException {
		String histogram = (String) ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
					new Object[] { new String[0] }, new String[] { String[].class.getName() });
		String[] total = histogram.substring(histogram.lastIndexOf("Total")).trim().split("\\s+");
		return Long.parseLong(total[2]);
	}

}
