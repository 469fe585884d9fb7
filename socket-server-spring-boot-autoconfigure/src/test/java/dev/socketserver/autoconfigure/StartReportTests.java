package dev.socketserver.autoconfigure;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

import dev.socketserver.autoconfigure.FormsApplication.Forms;
import dev.socketserver.autoconfigure.FormsApplication.Recorder;
import dev.socketserver.event.SocketServerFailedEvent;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the log says of a start, and of one that fails. */
@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class StartReportTests {

	@Test
	void saysWhereItListens(CapturedOutput output) {
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.transport=nio")) {
			assertThat(output).containsOnlyOnce("'upper' listens on 127.0.0.1:" + TestPeer.port(context, "upper")
					+ " (loopback only), nio, line framing, handler upper, execution ");
		}
	}

	@Test
	void explainsAPortInUseAndLeavesNothingListening(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			int port = taken.getLocalPort();

			assertThatThrownBy(() -> FormsApplication.run(Forms.class, "--socket.servers.a.port=" + Ports.free(),
					"--socket.servers.a.handler=upper", "--socket.servers.b.port=" + port,
					"--socket.servers.b.handler=upper"))
				.hasRootCauseInstanceOf(IOException.class);

			assertThat(output)
				.contains("APPLICATION FAILED TO START",
						"Server 'b' cannot listen on 127.0.0.1:" + port + ". Property socket.servers.b.port is '" + port
								+ "', and another socket already uses that port.")
				.contains("set socket.servers.b.port to another port, or to 0 for a free one.");
			List<Object> events = Recorder.last;
			assertThat(events).hasExactlyElementsOfTypes(SocketServerStartedEvent.class, SocketServerFailedEvent.class,
					SocketServerStoppedEvent.class);
			assertThat(events.get(1)).asString().startsWith("SocketServerFailedEvent[server=b, ");
			int bound = ((SocketServerStartedEvent) events.get(0)).address().getPort();
			assertThatThrownBy(() -> TestPeer.connect(bound)).isInstanceOf(ConnectException.class);
		}
	}

	/** Nobody listens there, so that no user must be advised to look for whoever does. */
	@Test
	void explainsAPortOfAnOutgoingConnection(CapturedOutput output) throws Exception {
		InetAddress loopback = InetAddress.getByName("127.0.0.1");
		try (ServerSocket other = new ServerSocket(0, 1, loopback);
				Socket outgoing = new Socket(loopback, other.getLocalPort())) {
			int port = outgoing.getLocalPort();

			assertThatThrownBy(() -> FormsApplication.run(Forms.class, "--socket.servers.upper.port=" + port));

			assertThat(output).contains(
					"socket.servers.upper.port is '" + port + "', and another socket already uses that port.",
					"Find and stop the program that uses port " + port);
		}
	}

	@Test
	void explainsAnAddressOfAnotherMachine(CapturedOutput output) {
		assertThatThrownBy(() -> FormsApplication.run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.address=192.0.2.1"));
		assertThat(output).contains(
				"Property socket.servers.upper.address is '192.0.2.1', " + "which is not an address of this machine.");
	}

	@Test
	void explainsAnUnknownHost(CapturedOutput output) {
		assertThatThrownBy(() -> FormsApplication.run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.address=nowhere.invalid"));
		assertThat(output).contains("Property socket.servers.upper.address is 'nowhere.invalid', "
				+ "a host name that cannot be resolved: nowhere.invalid");
	}

	@Test
	void explainsAWrongValue(CapturedOutput output) {
		assertThatThrownBy(() -> FormsApplication.run(Forms.class, "--socket.servers.upper.port=70000"));
		assertThatThrownBy(() -> FormsApplication.run(Forms.class, "--socket.servers.upper.prot=0"));
		assertThatThrownBy(() -> FormsApplication.run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.limits.sessions=many"));
		assertThat(output).contains("Property socket.servers.upper.port is '70000': it must be a number")
			.contains("Property socket.servers.upper.prot is '0': there is no such key, nearest: "
					+ "'socket.servers.upper.port'.")
			.contains("Property socket.servers.upper.limits.sessions is 'many': it must be a whole number.")
			.contains("Origin: \"socket.servers.upper.port\" from property source \"commandLineArgs\"");
	}

}
