const pairs = (text: string) =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .map((line) => line.split(/\s+/) as [string, ...string[]]);

/** Module -> the distributions it may come from, where their names differ in more than case, dash and dot. */
const distributions: ReadonlyMap<string, readonly string[]> = new Map(
  pairs(`
    PIL pillow
    cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless
    yaml pyyaml
    sklearn scikit-learn
    skimage scikit-image
    bs4 beautifulsoup4
    dotenv python-dotenv
    dateutil python-dateutil pandas
    jose python-jose
    jwt pyjwt
    multipart python-multipart
    magic python-magic
    docx python-docx
    pptx python-pptx
    telegram python-telegram-bot
    discord discord.py py-cord
    git gitpython
    github pygithub
    serial pyserial
    usb pyusb
    OpenSSL pyopenssl
    Crypto pycryptodome pycrypto
    Cryptodome pycryptodomex
    nacl pynacl
    zmq pyzmq
    MySQLdb mysqlclient
    mysql mysql-connector-python
    psycopg2 psycopg2-binary
    psycopg psycopg-binary
    pymongo pymongo
    bson pymongo
    gi pygobject
    wx wxpython
    fitz pymupdf
    PyPDF2 pypdf2
    attr attrs
    pkg_resources setuptools
    _pytest pytest
    websocket websocket-client
    socks pysocks requests
    win32api pywin32
    win32con pywin32
    win32gui pywin32
    pythoncom pywin32
    speech_recognition speechrecognition
    sentence_transformers sentence-transformers
    rest_framework djangorestframework
    corsheaders django-cors-headers
    environ django-environ
    debug_toolbar django-debug-toolbar
    crispy_forms django-crispy-forms
    flask_sqlalchemy flask-sqlalchemy
    OpenGL pyopengl
    Xlib python-xlib
    mpl_toolkits matplotlib
    pylab matplotlib
    ruamel ruamel.yaml
    slugify python-slugify
    ldap python-ldap
    memcache python-memcached
    igraph python-igraph
    Levenshtein python-levenshtein levenshtein
    markdown markdown
    unidecode unidecode
    faiss faiss-cpu faiss-gpu
    tensorflow tensorflow tensorflow-cpu tensorflow-gpu
    keras keras tensorflow
    umap umap-learn
    community python-louvain
    pyaudio pyaudio
    pygments pygments
    pynput pynput
    pyglet pyglet
    engineio python-engineio python-socketio
    socketio python-socketio
    google google-auth google-cloud protobuf google-api-python-client google-generativeai
    googleapiclient google-api-python-client
    google_auth_oauthlib google-auth-oauthlib
    grpc grpcio
    grpc_tools grpcio-tools
    apiclient google-api-python-client
    kafka kafka-python
    pika pika
    consul python-consul
    nmap python-nmap
    whois python-whois
    vlc python-vlc
    gnupg python-gnupg
    snappy python-snappy
    constraint python-constraint
    chess python-chess chess
    barcode python-barcode
    decouple python-decouple
    frontmatter python-frontmatter
    lxml lxml
    exif exif
    ffmpeg ffmpeg-python
    tabula tabula-py
    Bio biopython
    rdkit rdkit-pypi rdkit
    pyzbar pyzbar
    annoy annoy
    MeCab mecab-python3
    pypinyin pypinyin
    tkcalendar tkcalendar
    ttkbootstrap ttkbootstrap
    stdnum python-stdnum
    logstash python-logstash
    jnius pyjnius
    objc pyobjc
    AppKit pyobjc
    pymysql pymysql
    pywintypes pywin32
  `).map(([module, ...names]) => [module, names]),
);

/** Distribution -> modules that its users import without naming where they come from. */
const brought: ReadonlyMap<string, readonly string[]> = new Map(
  pairs(`
    flask werkzeug jinja2 click markupsafe itsdangerous blinker
    quart werkzeug jinja2 click
    django asgiref sqlparse
    fastapi starlette pydantic typing_extensions anyio
    starlette anyio
    pydantic typing_extensions annotated_types pydantic_core
    requests urllib3 certifi idna charset_normalizer
    httpx httpcore anyio certifi
    aiohttp yarl multidict
    pandas numpy dateutil pytz
    scipy numpy
    scikit-learn numpy scipy joblib
    scikit-image numpy scipy PIL
    matplotlib numpy PIL dateutil cycler
    seaborn numpy pandas matplotlib
    opencv-python numpy
    opencv-python-headless numpy
    opencv-contrib-python numpy
    torch numpy typing_extensions
    torchvision torch numpy PIL
    tensorflow numpy keras
    keras numpy
    statsmodels numpy pandas scipy
    xgboost numpy scipy
    lightgbm numpy scipy
    gensim numpy
    moviepy numpy PIL
    gymnasium numpy
    gym numpy
    streamlit pandas numpy altair PIL
    dash flask plotly
    flask-sqlalchemy sqlalchemy
    flask-login werkzeug
    flask-wtf wtforms
    flask-migrate alembic flask_sqlalchemy
    flask-socketio socketio
    sqlmodel sqlalchemy pydantic
    alembic sqlalchemy mako
    nltk regex click
    transformers numpy tokenizers huggingface_hub tqdm yaml requests
    openai httpx pydantic
    anthropic httpx pydantic
    langchain langchain_core pydantic
    rich pygments
    typer click rich
    textual rich
    beautifulsoup4 soupsieve
    boto3 botocore
    pytest _pytest pluggy
    scrapy twisted parsel itemadapter lxml
    celery kombu
    jupyter IPython notebook
    ipython IPython traitlets
    imageio numpy PIL
    librosa numpy scipy soundfile
    sounddevice numpy
    networkx numpy
    sympy mpmath
    attrs attr attrs
    setuptools pkg_resources
    python-telegram-bot httpx
    selenium urllib3
  `).map(([name, ...modules]) => [name, modules]),
);

/** The name of a distribution as its registry compares it. */
const normalName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");

/** Whether a module may come from a distribution, by what is known of both or by their names alone. */
export function mayBring(distribution: string, module: string): boolean {
  const name = normalName(distribution);
  const own = normalName(module);
  if (distributions.get(module)?.some((one) => normalName(one) === name)) return true;
  if (brought.get(name)?.includes(module)) return true;
  if (name === own) return true;
  const parts = name.split("-");
  return (
    own.split("-").some((part) => part.length > 2 && parts.includes(part)) ||
    [`py${own}`, `${own}py`, `python${own}`].includes(name.replaceAll("-", "")) ||
    (own.length > 3 && name.includes(own)) ||
    (name.length > 3 && own.includes(name))
  );
}

/** Distributions that do their work without being imported: servers, drivers, engines, tools. */
const silent: ReadonlySet<string> = new Set(
  `
    gunicorn uvicorn hypercorn daphne waitress uwsgi pytest black ruff flake8 pylint mypy isort coverage tox nox
    pre-commit setuptools wheel pip build twine pyinstaller nuitka cython python-dotenv python-multipart
    email-validator jinja2 itsdangerous httpx openpyxl xlrd xlsxwriter lxml html5lib tzdata watchdog cryptography
    bcrypt argon2-cffi psycopg2 psycopg2-binary psycopg psycopg-binary pymysql mysqlclient aiosqlite asyncpg
    aiomysql redis hiredis eventlet gevent simple-websocket gevent-websocket websockets uvloop httptools orjson
    pyarrow fastparquet kaleido nbformat ipykernel jupyter notebook jupyterlab ipython whitenoise dj-database-url
    chardet brotli pillow pyqt5-tools colorama windows-curses tabulate accelerate sentencepiece protobuf safetensors
    importlib-metadata typing-extensions libsass greenlet toml tomli urllib3 certifi numpy pyopenssl pysocks
    werkzeug markupsafe click starlette pydantic h11 anyio idna pytz python-dateutil six pywin32 supervisor
  `
    .trim()
    .split(/\s+/),
);

/** Whether nothing follows from a distribution that no file imports. */
export const worksUnseen = (distribution: string): boolean => {
  const name = normalName(distribution);
  return silent.has(name) || /^(?:types|pytest|flake8|pylint|mypy|sphinx|mkdocs)-|-stubs$/.test(name);
};
