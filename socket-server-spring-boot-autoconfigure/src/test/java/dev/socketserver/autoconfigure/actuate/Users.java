package dev.socketserver.autoconfigure.actuate;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Users whose password is their name, for applications with {@link PlainPasswords}.
 * Nobody changes them: those of an {@code InMemoryUserDetailsManager} have their
 * passwords encoded anew at the first request.
 */
final class Users implements UserDetailsService {

	private final Map<String, UserDetails> known;

	private Users(UserDetails... users) {
		this.known = Arrays.stream(users).collect(Collectors.toMap(UserDetails::getUsername, Function.identity()));
	}

	static Users of(UserDetails... users) {
		return new Users(users);
	}

	/** Makes a user who has the role of this name. */
	static UserDetails user(String name) {
		return user(name, name.toUpperCase(Locale.ROOT));
	}

	static UserDetails user(String name, String... roles) {
		return User.withUsername(name).password(name).roles(roles).build();
	}

	/** Has all users read, and only operators change anything. */
	static SecurityFilterChain mayReadAndOperatorsChange(HttpSecurity http, String... endpoints) throws Exception {
		// Without a token, as programs call: what a browser sends by itself has the wrong
		// type.
		return http.securityMatcher(EndpointRequest.toAnyEndpoint())
			.authorizeHttpRequests((requests) -> requests.requestMatchers(HttpMethod.GET)
				.authenticated()
				.anyRequest()
				.hasRole("OPERATOR"))
			.httpBasic(Customizer.withDefaults())
			.csrf((csrf) -> csrf.ignoringRequestMatchers(EndpointRequest.to(endpoints)))
			.build();
	}

	@Override
	public UserDetails loadUserByUsername(String name) {
		UserDetails user = this.known.get(name);
		if (user == null) {
			throw new UsernameNotFoundException(name);
		}
		// Whoever checks the password erases it.
		return User.withUserDetails(user).build();
	}

	/**
	 * Compares passwords as they are. Else each request with a password, or with the name
	 * of nobody, would compute for a tenth of a second.
	 */
	@Configuration(proxyBeanMethods = false)
	static class PlainPasswords {

		@Bean
		PasswordEncoder plain() {
			return new PasswordEncoder() {

				@Override
				public String encode(CharSequence password) {
					return password.toString();
				}

				@Override
				public boolean matches(CharSequence password, String encoded) {
					return encoded.contentEquals(password);
				}

			};
		}

	}

}
