package dev.socketserver.autoconfigure.keys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.commons.logging.Log;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Keeps the variables that Kubernetes injects for a Service from being keys of ours:
 * those of a Service {@code socket-servers-upper} look like keys of a server
 * {@code upper}. Under their own names the application still finds them.
 */
final class KubernetesVariables implements EnvironmentPostProcessor, Ordered {

	private static final String SOURCE = "kubernetesServices";

	private static final String HOST = "_SERVICE_HOST";

	private final DeferredLogFactory logs;

	KubernetesVariables(DeferredLogFactory logs) {
		this.logs = logs;
	}

	/** Before Boot wraps the variables to note their origins. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		if (!(environment.getPropertySources().get(name) instanceof SystemEnvironmentPropertySource source)) {
			return;
		}
		List<String> services = services(source.getSource());
		if (services.isEmpty()) {
			return;
		}
		Map<String, Object> ours = new HashMap<>(source.getSource());
		Map<String, Object> theirs = new HashMap<>(source.getSource());
		theirs.entrySet().removeIf((each) -> !isInjected(each, services));
		ours.keySet().removeAll(theirs.keySet());
		environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, ours));
		// Without the name of Boot's source for variables, its binder finds no keys
		// there.
		environment.getPropertySources().addAfter(name, new MapPropertySource(SOURCE, theirs));
		Log log = this.logs.getLog(KubernetesVariables.class);
		for (String service : services) {
			log.info("The variables " + service + "_* are those of the Kubernetes Service '"
					+ service.toLowerCase(Locale.ROOT).replace('_', '-')
					+ "', and no properties; enableServiceLinks: false in the pod's specification leaves them out");
		}
	}

	/** Returns with what the variables of each Service begin, without the last dash. */
	private static List<String> services(Map<String, Object> variables) {
		List<String> services = new ArrayList<>();
		for (String name : variables.keySet()) {
			if (name.startsWith("SOCKET_") && name.endsWith(HOST)) {
				String service = name.substring(0, name.length() - HOST.length());
				if (variables.entrySet().stream().anyMatch((each) -> isAddress(each, service))) {
					services.add(service);
				}
			}
		}
		return services.stream().sorted().toList();
	}

	private static boolean isInjected(Map.Entry<String, Object> variable, List<String> services) {
		String name = variable.getKey();
		return services.stream()
			.anyMatch((service) -> name.equals(service + HOST) || isAddress(variable, service)
					|| isOf(service, name, "_SERVICE_PORT(_[A-Z0-9_]+)?")
					|| isOf(service, name, "_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?"));
	}

	/**
	 * Whether a variable has the address of a Service; the application may override it.
	 */
	private static boolean isAddress(Map.Entry<String, Object> variable, String service) {
		return isOf(service, variable.getKey(), "_PORT(_[0-9]+_(TCP|UDP|SCTP))?")
				&& variable.getValue().toString().matches("(tcp|udp|sctp)://.*");
	}

	private static boolean isOf(String service, String name, String rest) {
		return name.startsWith(service) && name.substring(service.length()).matches(rest);
	}

}
