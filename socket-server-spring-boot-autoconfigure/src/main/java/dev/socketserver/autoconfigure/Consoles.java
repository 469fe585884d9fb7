package dev.socketserver.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.util.Arrays;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.repl.JavaLanguage;
import dev.socketserver.repl.Repl;
import dev.socketserver.repl.ReplSettings;
import dev.socketserver.tls.ClientAuth;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/**
 * Creates the handler of servers that are consoles, and checks that only those can reach
 * a console who may. A console runs whatever its peer sends.
 */
final class Consoles {

	private static final String ALLOW_REMOTE = "socket.repl.allow-remote";

	private static final byte[] LINE_FEED = { '\n' };

	private static final Logger logger = LoggerFactory.getLogger(Consoles.class);

	private final BeanFactory beanFactory;

	private final ClassLoader classLoader;

	private final SocketProperties.Repl properties;

	Consoles(ConfigurableBeanFactory beanFactory, SocketProperties.Repl properties) {
		this.beanFactory = beanFactory;
		ClassLoader classLoader = beanFactory.getBeanClassLoader();
		this.classLoader = (classLoader != null) ? classLoader : Consoles.class.getClassLoader();
		this.properties = properties;
	}

	ServerHandler handler(Charset charset) {
		return this.beanFactory.getBean(Repl.class).handler(charset);
	}

	/**
	 * Checks that there is a bean that makes consoles.
	 * @param invalid makes the exception for a wrong value
	 * @throws InvalidSocketPropertyException if there is none
	 */
	void checkPresent(Invalid invalid) {
		if (this.beanFactory.getBeanProvider(Repl.class).getIfAvailable() == null) {
			throw invalid.value("handler",
					"SocketReplAutoConfiguration, which makes consoles, is excluded, or was left out when the "
							+ "application was processed ahead of time, since no server was a console then",
					"Do not exclude it, and process the application ahead of time with this property set", null);
		}
	}

	/**
	 * Checks that expressions can be evaluated over the actuator.
	 * @throws InvalidSocketPropertyException if they cannot
	 */
	void checkEvaluator() {
		if (this.beanFactory.getBeanProvider(SessionEvaluator.class).getIfAvailable() == null) {
			throw new InvalidSocketPropertyException("socket.repl.eval-over-actuator", true,
					"SocketReplAutoConfiguration, which evaluates, is excluded, or was left out when the application "
							+ "was processed ahead of time, since the property was not set then",
					"Do not exclude it, and process the application ahead of time with this property set");
		}
		checkLanguage();
	}

	/**
	 * Checks a server that is a console.
	 * @param spec the server
	 * @param invalid makes the exception for a wrong value
	 * @throws InvalidSocketPropertyException if the console is not safe, or could not
	 * read lines or evaluate expressions
	 */
	void check(ServerSpec spec, Invalid invalid) {
		if (!Arrays.equals("\n".getBytes(spec.session().charset()), LINE_FEED)) {
			throw invalid.value("charset", "it does not encode the end of a line as the single byte 0A",
					"Use a charset that is compatible with ASCII, such as UTF-8", null);
		}
		checkLanguage();
		if (this.properties.getPassword() != null && this.properties.settings().password() == null) {
			logger.warn("Server '{}' is a console that asks for no password, since socket.repl.password is empty",
					spec.name());
		}
		if (isLoopback(spec)) {
			return;
		}
		if (!this.properties.isAllowRemote()) {
			throw invalid.value("address",
					"server '" + spec.name() + "' is a console, which runs whatever its peer types, and " + spec.host()
							+ " can be reached from other machines",
					"Set it to 127.0.0.1; or set " + ALLOW_REMOTE
							+ " to true, and socket.repl.password or ssl.client-auth to need",
					null);
		}
		ServerSpec.Tls tls = spec.tls();
		boolean certificates = tls != null && tls.clientAuth() == ClientAuth.NEED;
		if (!certificates && this.properties.settings().password() == null) {
			throw new InvalidSocketPropertyException(ALLOW_REMOTE, true,
					"server '" + spec.name() + "' is a console at " + spec.host() + ", and anybody could use it",
					"Set socket.repl.password, or socket.servers." + spec.name() + ".ssl.client-auth to need");
		}
		logger.warn("Server '{}' is a console that other machines can reach at {}{}", spec.name(), spec.host(),
				(tls != null) ? "" : "; the password and all that is typed cross the network as they are");
	}

	/**
	 * Checks that expressions can be evaluated in the language of the properties.
	 * @throws InvalidSocketPropertyException if they cannot
	 */
	void checkLanguage() {
		JavaLanguage.Problem problem = (this.properties.getLanguage() == ReplSettings.Language.JAVA)
				? JavaLanguage.problem(this.classLoader) : null;
		if (problem != null) {
			throw new InvalidSocketPropertyException("socket.repl.language", "java", problem.reason(),
					problem.remedy());
		}
	}

	/**
	 * Whether all addresses of the host name are loopback addresses. Each session is
	 * checked again when it opens.
	 */
	private static boolean isLoopback(ServerSpec spec) {
		if (spec.anyHost()) {
			return false;
		}
		try {
			return Arrays.stream(InetAddress.getAllByName(spec.host())).allMatch(InetAddress::isLoopbackAddress);
		}
		catch (UnknownHostException ex) {
			// Binding will fail. Should the name be resolved by then, sessions are still
			// checked.
			return true;
		}
	}

	/** Makes the exception for a wrong value of the server. */
	@FunctionalInterface
	interface Invalid {

		InvalidSocketPropertyException value(String key, String problem, @Nullable String remedy,
				@Nullable Throwable cause);

	}

}
