package dev.socketserver.chaos.app;

import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * The application. When it is ready it prints one line with its ports.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ EchoHandler.class, AskingHandler.class, FaultyHandler.class, DeviceHandler.class, UpstreamHandler.class,
		HandlerLedger.class, Vitals.class, Troubles.class })
public class ChaosApplication {

	/** What the line begins with that has the ports. */
	public static final String READY = "CHAOS-READY ";

	public static void main(String[] arguments) {
		ConfigurableApplicationContext context = SpringApplication.run(ChaosApplication.class, arguments);
		WebServerApplicationContext web = (WebServerApplicationContext) context;
		String ports = StreamSupport.stream(context.getBean(SocketServers.class).spliterator(), false)
			.map((server) -> server.name() + "=" + port(server))
			.collect(Collectors.joining(" "));
		System.out.println(READY + "http=" + web.getWebServer().getPort() + " " + ports);
	}

	private static int port(SocketServer server) {
		return (server.localAddress() != null) ? server.localAddress().getPort() : 0;
	}

}
