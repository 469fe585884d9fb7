import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends lines to a port of this machine, ends the output, and prints what comes back. */
class Probe {

    public static void main(String[] args) throws Exception {
        try (Socket socket = new Socket("localhost", Integer.parseInt(args[0]))) {
            OutputStream out = socket.getOutputStream();
            for (int i = 1; i < args.length; i++) {
                out.write((args[i] + "\n").getBytes(StandardCharsets.UTF_8));
            }
            socket.shutdownOutput();
            socket.getInputStream().transferTo(System.out);
            System.out.flush();
        }
    }

}
