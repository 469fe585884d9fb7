package dev.socketserver.demo.talk;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Repeats each line until the peer ends its output, in blocking code as one would write
 * it for a socket.
 */
@Configuration(proxyBeanMethods = false)
class TalkConfiguration {

	@Bean
	@SocketHandler("talk")
	StreamHandler talk() {
		return (in, out, session) -> {
			BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
			Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				writer.write("You sent: '" + line + "'\n");
				writer.flush();
			}
		};
	}

}
