package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.dsl.TcpServerConnectionFactorySpec;
import org.springframework.integration.ip.tcp.connection.TcpConnectionServerListeningEvent;
import org.springframework.integration.ip.tcp.serializer.AbstractByteArraySerializer;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLengthHeaderSerializer;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;

/**
 * Spring Integration's TCP gateway: a thread for each connection, which waits in a read.
 */
final class SpringIntegrationEcho implements EchoServer {

	private static final int START_SECONDS = 30;

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final BlockingQueue<Integer> ports = new LinkedBlockingQueue<>();

	SpringIntegrationEcho() {
		this.context.register(Integration.class);
		this.context.addApplicationListener((event) -> {
			if (event instanceof TcpConnectionServerListeningEvent listening) {
				this.ports.add(listening.getPort());
			}
		});
		this.context.refresh();
	}

	@Override
	public int start(Service service) throws IOException, InterruptedException {
		AbstractByteArraySerializer codec = service.frames() ? new ByteArrayLengthHeaderSerializer()
				: new ByteArrayLfSerializer();
		codec.setMaxMessageSize(MAX_MESSAGE);
		TcpServerConnectionFactorySpec<?, ?> server = Tcp.netServer(0)
			.id(service.id())
			.localAddress("127.0.0.1")
			.backlog(MAX_CONNECTIONS)
			.soTcpNoDelay(true)
			.serializer(codec)
			.deserializer(codec);
		IntegrationFlow flow = IntegrationFlow.from(Tcp.inboundGateway(server))
			.<byte[], String>transform((bytes) -> service.reply(new String(bytes, StandardCharsets.UTF_8)))
			.get();
		this.context.getBean(IntegrationFlowContext.class).registration(flow).id(service.id() + ".flow").register();
		Integer port = this.ports.poll(START_SECONDS, TimeUnit.SECONDS);
		if (port == null) {
			throw new IOException("Spring Integration does not listen");
		}
		return port;
	}

	/** Configures no more than the flows need. */
	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Integration {

	}

}
