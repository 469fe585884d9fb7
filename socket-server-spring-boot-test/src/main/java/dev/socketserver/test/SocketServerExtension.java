package dev.socketserver.test;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import javax.net.ssl.SSLContext;

import dev.socketserver.ListenerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.address.UnixAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.AnnotationSupport;

import org.springframework.boot.ssl.SslBundles;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.util.ReflectionUtils;

/**
 * Sets fields and parameters with {@link LocalSocketPort}, {@link LocalSocketPath} or
 * {@link SocketConnection}, which register this extension. It has no state: a connection
 * is in the JUnit store of the test for which it was opened, and JUnit closes it with
 * that.
 */
final class SocketServerExtension implements TestInstancePostProcessor, BeforeEachCallback, ParameterResolver {

	private static final Namespace CONNECTIONS = Namespace.create(SocketServerExtension.class);

	/**
	 * Makes connections that are given to a constructor end with the test for which it is
	 * called.
	 */
	@Override
	public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
		return ExtensionContextScope.TEST_METHOD;
	}

	/**
	 * Sets ports early, for code that runs before the first test of an instance that
	 * serves several tests.
	 */
	@Override
	public void postProcessTestInstance(Object testInstance, ExtensionContext context) {
		setPorts(testInstance, context);
	}

	/**
	 * Sets fields for each test, since the instance may have served another test before,
	 * and the application context may be a new one.
	 */
	@Override
	public void beforeEach(ExtensionContext context) {
		for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
			setPorts(instance, context);
			setConnections(instance, context);
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.isAnnotated(LocalSocketPort.class) || parameter.isAnnotated(LocalSocketPath.class)
				|| parameter.isAnnotated(SocketConnection.class);
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> type = parameter.getParameter().getType();
		Optional<LocalSocketPort> port = parameter.findAnnotation(LocalSocketPort.class);
		if (port.isPresent()) {
			checkPortType(type, parameter.getParameter());
			return port(port.get(), context);
		}
		Optional<LocalSocketPath> path = parameter.findAnnotation(LocalSocketPath.class);
		if (path.isPresent()) {
			checkPathType(type, parameter.getParameter());
			return path(path.get(), context);
		}
		checkConnectionType(type, parameter.getParameter());
		return connect(parameter.findAnnotation(SocketConnection.class).orElseThrow(), context);
	}

	private static void setPorts(Object instance, ExtensionContext context) {
		for (Field field : fields(instance, LocalSocketPort.class)) {
			checkPortType(field.getType(), field);
			LocalSocketPort annotation = AnnotationSupport.findAnnotation(field, LocalSocketPort.class).orElseThrow();
			set(field, instance, port(annotation, context));
		}
		for (Field field : fields(instance, LocalSocketPath.class)) {
			checkPathType(field.getType(), field);
			LocalSocketPath annotation = AnnotationSupport.findAnnotation(field, LocalSocketPath.class).orElseThrow();
			set(field, instance, path(annotation, context));
		}
	}

	private static void setConnections(Object instance, ExtensionContext context) {
		for (Field field : fields(instance, SocketConnection.class)) {
			checkConnectionType(field.getType(), field);
			SocketConnection annotation = AnnotationSupport.findAnnotation(field, SocketConnection.class).orElseThrow();
			set(field, instance, connect(annotation, context));
		}
	}

	/** Returns the annotated fields, without those that the constructor has set. */
	private static List<Field> fields(Object instance, Class<? extends Annotation> annotation) {
		return AnnotationSupport.findAnnotatedFields(instance.getClass(), annotation,
				(field) -> !isGiven(field, annotation));
	}

	/**
	 * Whether the constructor has set a field. The annotation of a record's component is
	 * on both the field and the parameter of the constructor, and that of a property in a
	 * constructor of Kotlin may be.
	 */
	private static boolean isGiven(Field field, Class<? extends Annotation> annotation) {
		if (Modifier.isStatic(field.getModifiers()) || !Modifier.isFinal(field.getModifiers())) {
			return false;
		}
		return Stream.of(field.getDeclaringClass().getDeclaredConstructors())
			.flatMap((constructor) -> Stream.of(constructor.getParameters()))
			.anyMatch((parameter) -> parameter.getType() == field.getType()
					&& AnnotationSupport.isAnnotated(parameter, annotation));
	}

	private static void checkPortType(Class<?> type, AnnotatedElement target) {
		if (type != int.class && type != Integer.class) {
			throw new ExtensionConfigurationException("@LocalSocketPort is for an int, not for " + target);
		}
	}

	private static void checkPathType(Class<?> type, AnnotatedElement target) {
		if (type != Path.class) {
			throw new ExtensionConfigurationException("@LocalSocketPath is for a Path, not for " + target);
		}
	}

	private static void checkConnectionType(Class<?> type, AnnotatedElement target) {
		if (type != SocketTestClient.class) {
			throw new ExtensionConfigurationException("@SocketConnection is for a SocketTestClient, not for " + target);
		}
	}

	private static void set(Field field, Object instance, Object value) {
		if (Modifier.isStatic(field.getModifiers()) || Modifier.isFinal(field.getModifiers())) {
			throw new ExtensionConfigurationException("A field that is set before each test cannot be static or final: "
					+ field + ". Use a parameter instead");
		}
		ReflectionUtils.makeAccessible(field);
		ReflectionUtils.setField(field, instance, value);
	}

	private static int port(LocalSocketPort annotation, ExtensionContext context) {
		SocketServer server = server(annotation.value(), context);
		return Target.portOf(server, Target.listener(server, listener(annotation.value())));
	}

	private static Path path(LocalSocketPath annotation, ExtensionContext context) {
		SocketServer server = server(annotation.value(), context);
		ListenerSpec listener = Target.listener(server, listener(annotation.value()));
		if (Target.listening(server, listener) instanceof UnixAddress unix) {
			return Path.of(unix.path());
		}
		throw new IllegalStateException("Server '" + listener.label() + "' does not listen on a Unix socket");
	}

	private static SocketTestClient connect(SocketConnection annotation, ExtensionContext context) {
		SocketServer server = server(annotation.value(), context);
		String bundle = annotation.sslBundle();
		ListenerSpec listener = Target.listener(server, listener(annotation.value()));
		SocketTestClient client = SocketTestClient.connect(Target.of(server, listener),
				bundle.isEmpty() ? null : sslContext(bundle, listener, context));
		context.getStore(CONNECTIONS).put(client, client);
		return client;
	}

	private static SSLContext sslContext(String bundle, ListenerSpec listener, ExtensionContext context) {
		if (listener.tls() == null) {
			throw new ExtensionConfigurationException("@SocketConnection names the SSL bundle '" + bundle
					+ "', but the server '" + listener.label() + "' does not speak TLS");
		}
		return SpringExtension.getApplicationContext(context)
			.getBean(SslBundles.class)
			.getBundle(bundle)
			.createSslContext();
	}

	/** Returns the listener in a text such as {@code gateway/tls}, if there is one. */
	private static @Nullable String listener(String name) {
		int slash = name.indexOf('/');
		return (slash < 0) ? null : name.substring(slash + 1);
	}

	private static SocketServer server(String place, ExtensionContext context) {
		String name = place.split("/", 2)[0];
		SocketServers servers = SpringExtension.getApplicationContext(context)
			.getBeanProvider(SocketServers.class)
			.getIfAvailable();
		if (servers == null) {
			throw new IllegalStateException("There is no server '" + name
					+ "': the application context has no SocketServers bean. Is the test a @SpringBootTest,"
					+ " socket-server-spring-boot-starter on the class path, and socket.enabled not false?");
		}
		return servers.server(name)
			.orElseThrow(() -> new IllegalStateException(
					"There is no server '" + name + "' in the application context. " + known(servers)));
	}

	private static String known(SocketServers servers) {
		String names = StreamSupport.stream(servers.spliterator(), false)
			.map((server) -> "'" + server.name() + "'")
			.collect(Collectors.joining(", "));
		return names.isEmpty() ? "There are no servers at all: configure one with socket.servers.<name>.port"
				: "The servers are " + names;
	}

}
