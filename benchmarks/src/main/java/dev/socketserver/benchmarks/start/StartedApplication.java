package dev.socketserver.benchmarks.start;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application that starts, prints what this took as two numbers, nanoseconds of CPU
 * time and classes, and ends.
 */
final class StartedApplication {

	private StartedApplication() {
	}

	public static void main(String[] arguments) {
		SpringApplication application = new SpringApplication(switch (StartKind.valueOf(arguments[0])) {
			case BARE, WEB -> Plain.class;
			case SERVER, WEB_AND_SERVER -> WithServer.class;
			case NETTY -> WithNetty.class;
		});
		application.run("--spring.config.name=none", "--spring.main.banner-mode=off", "--server.port=0",
				"--socket.servers.echo.port=0");
		// First, and by what the JDK has anyway: the beans of the JVM load sixty classes,
		// which may begin a collection.
		long nanos = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
		long classes = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
		System.out.println(Start.PREFIX + nanos + " " + classes);
		System.exit(0);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Plain {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithServer {

		@Bean
		@SocketHandler("echo")
		UnaryOperator<String> echo() {
			return UnaryOperator.identity();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithNetty {

		@Bean
		NettyPort nettyPort() {
			return new NettyPort();
		}

	}

	/** A port whose connections do nothing. */
	static final class NettyPort implements DisposableBean {

		private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

		NettyPort() {
			new ServerBootstrap().group(this.loops)
				.channel(EpollServerSocketChannel.class)
				.childHandler(new ChannelInboundHandlerAdapter())
				.bind(InetAddress.getLoopbackAddress(), 0)
				.syncUninterruptibly();
		}

		@Override
		public void destroy() {
			this.loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
		}

	}

}
